package import JSON

/// Points at an object from another one, as events and endpoints do.
package struct ObjectReference: Sendable, Hashable, JSONDecodable, JSONEncodable {
    package var apiVersion: String
    package var kind: String
    package var namespace: String
    package var name: String
    package var uid: String
    package var resourceVersion: String
    package var fieldPath: String

    package init(
        apiVersion: String = "",
        kind: String = "",
        namespace: String = "",
        name: String = "",
        uid: String = "",
        resourceVersion: String = "",
        fieldPath: String = ""
    ) {
        self.apiVersion = apiVersion
        self.kind = kind
        self.namespace = namespace
        self.name = name
        self.uid = uid
        self.resourceVersion = resourceVersion
        self.fieldPath = fieldPath
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "apiVersion": apiVersion = try reader.decodeIfPresent(String.self) ?? ""
            case "kind": kind = try reader.decodeIfPresent(String.self) ?? ""
            case "namespace": namespace = try reader.decodeIfPresent(String.self) ?? ""
            case "name": name = try reader.decodeIfPresent(String.self) ?? ""
            case "uid": uid = try reader.decodeIfPresent(String.self) ?? ""
            case "resourceVersion": resourceVersion = try reader.decodeIfPresent(String.self) ?? ""
            case "fieldPath": fieldPath = try reader.decodeIfPresent(String.self) ?? ""
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("apiVersion", apiVersion.nonEmpty)
        writer.field("kind", kind.nonEmpty)
        writer.field("namespace", namespace.nonEmpty)
        writer.field("name", name.nonEmpty)
        writer.field("uid", uid.nonEmpty)
        writer.field("resourceVersion", resourceVersion.nonEmpty)
        writer.field("fieldPath", fieldPath.nonEmpty)
        writer.endObject()
    }
}
