import JSON
import KubernetesClient
import KubernetesModel

/// The kind of the recordings, as far as they fill it.
struct RecordedTask: KubernetesObject, CustomStringConvertible {
    static let resourceType = ResourceType(
        group: "aiops.dev", version: "v1alpha1", kind: "AIOpsTask", plural: "aiopstasks")

    var metadata: ObjectMeta
    var spec: JSONValue
    var status: JSONValue?

    init(_ name: String, spec: JSONValue) {
        metadata = ObjectMeta(name: name, namespace: "default")
        self.spec = spec
    }

    init(from reader: inout JSONReader) throws(JSONError) {
        metadata = ObjectMeta()
        spec = .null
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "metadata": metadata = try reader.decode()
            case "spec": spec = try reader.value()
            case "status": status = try reader.value()
            default: try reader.skip()
            }
        }
    }

    func encode(to writer: inout JSONWriter) {
        writer.beginKubernetesObject(self)
        writer.field("spec", spec)
        writer.field("status", status)
        writer.endObject()
    }

    /// What the recordings are compared by: names, generations, labels, finalizers, spec and status; no version, uid or
    /// time, which differ from run to run.
    var description: String {
        let labels = metadata.labels.map { "\($0.key)=\($0.value)" }.sorted()
        let marks = labels + metadata.finalizers + (metadata.isBeingDeleted ? ["deleted"] : [])
        let phase = status?["phase"]?.stringValue.map { " \($0)" } ?? ""
        return "\(metadata.key) g\(metadata.generation) \(marks) p\(spec["priority"]?.integerValue ?? 0)"
            + " \(spec["problem"]?["id"]?.stringValue ?? "-") o\(status?["observedGeneration"]?.integerValue ?? 0)\(phase)"
    }
}

extension PartialObjectMetadata {
    var summary: String { "\(key) g\(metadata.generation)\(metadata.isBeingDeleted ? " deleted" : "")" }
}
