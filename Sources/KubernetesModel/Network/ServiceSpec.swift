package import JSON

/// Which pods answer, and on which ports.
package struct ServiceSpec: Sendable, Hashable, JSONDecodable, JSONEncodable {
    /// `ClusterIP` when empty.
    package var type: String
    /// `None` for a headless Service.
    package var clusterIP: String
    package var selector: [String: String]
    package var ports: [ServicePort]

    package init(
        type: String = "",
        clusterIP: String = "",
        selector: [String: String] = [:],
        ports: [ServicePort] = []
    ) {
        self.type = type
        self.clusterIP = clusterIP
        self.selector = selector
        self.ports = ports
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "type": type = try reader.decodeIfPresent(String.self) ?? ""
            case "clusterIP": clusterIP = try reader.decodeIfPresent(String.self) ?? ""
            case "selector": selector = try reader.decodeIfPresent([String: String].self) ?? [:]
            case "ports": ports = try reader.decodeIfPresent([ServicePort].self) ?? []
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("type", type.nonEmpty)
        writer.field("clusterIP", clusterIP.nonEmpty)
        writer.field("selector", selector.nonEmpty)
        writer.field("ports", ports.nonEmpty)
        writer.endObject()
    }
}
