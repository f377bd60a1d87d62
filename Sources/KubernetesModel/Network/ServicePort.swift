package import JSON

/// One port of a Service and where it leads.
package struct ServicePort: Sendable, Hashable, JSONDecodable, JSONEncodable {
    package var name: String?
    /// `TCP` when nil.
    package var `protocol`: String?
    package var port: Int
    /// A number, or the name of a container port; equal to `port` when nil.
    package var targetPort: IntOrString?
    package var nodePort: Int?

    package init(
        name: String? = nil,
        protocol: String? = nil,
        port: Int = 0,
        targetPort: IntOrString? = nil,
        nodePort: Int? = nil
    ) {
        self.name = name
        self.protocol = `protocol`
        self.port = port
        self.targetPort = targetPort
        self.nodePort = nodePort
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "name": name = try reader.decodeIfPresent(String.self)
            case "protocol": `protocol` = try reader.decodeIfPresent(String.self)
            case "port": port = try reader.decodeIfPresent(Int.self) ?? 0
            case "targetPort": targetPort = try reader.decodeIfPresent(IntOrString.self)
            case "nodePort": nodePort = try reader.decodeIfPresent(Int.self)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("name", name)
        writer.field("protocol", `protocol`)
        writer.field("port", port)
        writer.field("targetPort", targetPort)
        writer.field("nodePort", nodePort)
        writer.endObject()
    }
}
