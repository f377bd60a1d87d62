import JSON
import KubernetesModel

/// A kind of our own for tests: one number wanted, one reported.
struct Widget: KubernetesObject, Hashable {
    static let resourceType = ResourceType(group: "test.dev", version: "v1", kind: "Widget", plural: "widgets")

    var metadata: ObjectMeta
    var size: Int64 = 0
    var reported: Int64?

    init(_ name: String, size: Int64 = 0, namespace: String = "default") {
        metadata = ObjectMeta(name: name, namespace: namespace)
        self.size = size
    }

    init(from reader: inout JSONReader) throws(JSONError) {
        let value = try reader.value()
        guard value.objectValue != nil else { throw reader.failure("expected an object") }
        metadata = try ObjectMeta(jsonValue: value["metadata"] ?? [:])
        size = value["spec"]?["size"]?.integerValue ?? 0
        reported = value["status"]?["reported"]?.integerValue
    }

    func encode(to writer: inout JSONWriter) {
        writer.beginKubernetesObject(self)
        writer.field("spec", ["size": size])
        writer.field("status", reported.map { ["reported": $0] })
        writer.endObject()
    }
}
