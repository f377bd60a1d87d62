package import JSON

/// A node, as far as readiness and placement need it.
package struct Node: PartialObject, Hashable {
    package static let resourceType = ResourceType(
        group: "", version: "v1", kind: "Node", plural: "nodes", isNamespaced: false)

    package var metadata: ObjectMeta
    package var status: NodeStatus

    package init(metadata: ObjectMeta, status: NodeStatus = NodeStatus()) {
        self.metadata = metadata
        self.status = status
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init(metadata: ObjectMeta())
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "metadata": metadata = try reader.decode(ObjectMeta.self)
            case "status": status = try reader.decodeIfPresent(NodeStatus.self) ?? NodeStatus()
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
