package import JSON

/// A Job: a pod that runs to its end.
package struct Job: PartialObject, Hashable {
    package static let resourceType = ResourceType(
        group: "batch", version: "v1", kind: "Job", plural: "jobs")

    package var metadata: ObjectMeta
    package var spec: JobSpec
    package var status: JobStatus

    package init(metadata: ObjectMeta, spec: JobSpec = JobSpec(), status: JobStatus = JobStatus()) {
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
            case "spec": spec = try reader.decodeIfPresent(JobSpec.self) ?? JobSpec()
            case "status": status = try reader.decodeIfPresent(JobStatus.self) ?? JobStatus()
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
