package import JSON

/// A pod, as far as health and diagnosis need it.
package struct Pod: PartialObject, Hashable {
    package static let resourceType = ResourceType(
        group: "", version: "v1", kind: "Pod", plural: "pods")

    package var metadata: ObjectMeta
    package var spec: PodSpec
    package var status: PodStatus

    package init(metadata: ObjectMeta, spec: PodSpec = PodSpec(), status: PodStatus = PodStatus()) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init(metadata: ObjectMeta())
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "metadata": metadata = try reader.decode(ObjectMeta.self)
            case "spec": spec = try reader.decodeIfPresent(PodSpec.self) ?? PodSpec()
            case "status": status = try reader.decodeIfPresent(PodStatus.self) ?? PodStatus()
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginKubernetesObject(self)
        writer.field("spec", spec)
        writer.field("status", status)
        writer.endObject()
    }
}
