package import JSON

/// What a node says about itself.
package struct NodeStatus: Sendable, Hashable, JSONDecodable, JSONEncodable {
    package var conditions: [Condition]
    package var nodeInfo: NodeInfo

    package init(conditions: [Condition] = [], nodeInfo: NodeInfo = NodeInfo()) {
        self.conditions = conditions
        self.nodeInfo = nodeInfo
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "conditions": conditions = try reader.decodeIfPresent([Condition].self) ?? []
            case "nodeInfo": nodeInfo = try reader.decodeIfPresent(NodeInfo.self) ?? NodeInfo()
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("conditions", conditions.nonEmpty)
        writer.field("nodeInfo", nodeInfo)
        writer.endObject()
    }
}

/// The versions a node runs.
package struct NodeInfo: Sendable, Hashable, JSONDecodable, JSONEncodable {
    package var kubeletVersion: String
    package var osImage: String
    package var containerRuntimeVersion: String

    package init(kubeletVersion: String = "", osImage: String = "", containerRuntimeVersion: String = "") {
        self.kubeletVersion = kubeletVersion
        self.osImage = osImage
        self.containerRuntimeVersion = containerRuntimeVersion
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "kubeletVersion": kubeletVersion = try reader.decodeIfPresent(String.self) ?? ""
            case "osImage": osImage = try reader.decodeIfPresent(String.self) ?? ""
            case "containerRuntimeVersion": containerRuntimeVersion = try reader.decodeIfPresent(String.self) ?? ""
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("kubeletVersion", kubeletVersion.nonEmpty)
        writer.field("osImage", osImage.nonEmpty)
        writer.field("containerRuntimeVersion", containerRuntimeVersion.nonEmpty)
        writer.endObject()
    }
}
