import JSON
import KubernetesModel

/// A kind small enough to reason about.
struct Widget: KubernetesObject, Hashable {
    static let resourceType = ResourceType(group: "test.dev", version: "v1", kind: "Widget", plural: "widgets")

    var metadata: ObjectMeta
    var size: Int64 = 0

    init(_ name: String, namespace: String = "a", size: Int64 = 0, version: Int = 0, uid: String = "") {
        metadata = ObjectMeta(name: name, namespace: namespace)
        metadata.resourceVersion = version == 0 ? "" : String(version)
        metadata.uid = uid.isEmpty ? "uid-\(name)" : uid
        self.size = size
    }

    init(from reader: inout JSONReader) throws(JSONError) {
        metadata = ObjectMeta()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "metadata": metadata = try reader.decode(ObjectMeta.self)
            case "size": size = try reader.integer()
            default: try reader.skip()
            }
        }
    }

    func encode(to writer: inout JSONWriter) {
        writer.beginKubernetesObject(self)
        writer.field("size", size)
        writer.endObject()
    }
}
