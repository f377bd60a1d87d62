package import JSON
package import KubernetesModel

/// Who runs tasks: workers, their waiting line, their limits and their money.
package struct WorkerPool: KubernetesObject, Hashable {
    package static let resourceType = ResourceType(
        group: APIGroup.name, version: APIGroup.version, kind: "WorkerPool", plural: "workerpools")

    package var metadata: ObjectMeta
    package var spec: Spec
    /// As the server gave it; one that nobody has written yet equals `Status()` and is not encoded.
    package var status: Status

    package init(metadata: ObjectMeta, spec: Spec, status: Status = Status()) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init(metadata: ObjectMeta(), spec: Spec())
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "metadata": try reader.read(&metadata)
            case "spec": try reader.read(&spec)
            case "status": try reader.read(&status)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginKubernetesObject(self)
        writer.field("spec", spec)
        writer.field("status", status == Status() ? nil : status)
        writer.endObject()
    }
}
