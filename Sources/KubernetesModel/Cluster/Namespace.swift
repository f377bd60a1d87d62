package import JSON

/// A namespace.
package struct Namespace: PartialObject, Hashable {
    package static let resourceType = ResourceType(
        group: "", version: "v1", kind: "Namespace", plural: "namespaces", isNamespaced: false)

    package var metadata: ObjectMeta
    package var status: NamespaceStatus

    package init(metadata: ObjectMeta, status: NamespaceStatus = NamespaceStatus()) {
        self.metadata = metadata
        self.status = status
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init(metadata: ObjectMeta())
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "metadata": metadata = try reader.decode(ObjectMeta.self)
            case "status": status = try reader.decodeIfPresent(NamespaceStatus.self) ?? NamespaceStatus()
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginKubernetesObject(self)
        writer.field("status", status)
        writer.endObject()
    }
}
