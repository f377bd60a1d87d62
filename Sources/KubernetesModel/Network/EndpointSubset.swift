package import JSON

/// Addresses that share the same ports.
package struct EndpointSubset: Sendable, Hashable, JSONDecodable, JSONEncodable {
    /// The ones that are ready.
    package var addresses: [EndpointAddress]
    package var notReadyAddresses: [EndpointAddress]
    package var ports: [EndpointPort]

    package init(
        addresses: [EndpointAddress] = [],
        notReadyAddresses: [EndpointAddress] = [],
        ports: [EndpointPort] = []
    ) {
        self.addresses = addresses
        self.notReadyAddresses = notReadyAddresses
        self.ports = ports
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "addresses": addresses = try reader.decodeIfPresent([EndpointAddress].self) ?? []
            case "notReadyAddresses": notReadyAddresses = try reader.decodeIfPresent([EndpointAddress].self) ?? []
            case "ports": ports = try reader.decodeIfPresent([EndpointPort].self) ?? []
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("addresses", addresses.nonEmpty)
        writer.field("notReadyAddresses", notReadyAddresses.nonEmpty)
        writer.field("ports", ports.nonEmpty)
        writer.endObject()
    }
}

/// One address and the object behind it.
package struct EndpointAddress: Sendable, Hashable, JSONDecodable, JSONEncodable {
    package var ip: String
    package var nodeName: String?
    package var targetRef: ObjectReference?

    package init(ip: String = "", nodeName: String? = nil, targetRef: ObjectReference? = nil) {
        self.ip = ip
        self.nodeName = nodeName
        self.targetRef = targetRef
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "ip": ip = try reader.decodeIfPresent(String.self) ?? ""
            case "nodeName": nodeName = try reader.decodeIfPresent(String.self)
            case "targetRef": targetRef = try reader.decodeIfPresent(ObjectReference.self)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("ip", ip.nonEmpty)
        writer.field("nodeName", nodeName)
        writer.field("targetRef", targetRef)
        writer.endObject()
    }
}

/// A port that the addresses of a subset listen on.
package struct EndpointPort: Sendable, Hashable, JSONDecodable, JSONEncodable {
    package var name: String?
    package var port: Int
    package var `protocol`: String?

    package init(name: String? = nil, port: Int = 0, protocol: String? = nil) {
        self.name = name
        self.port = port
        self.protocol = `protocol`
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "name": name = try reader.decodeIfPresent(String.self)
            case "port": port = try reader.decodeIfPresent(Int.self) ?? 0
            case "protocol": `protocol` = try reader.decodeIfPresent(String.self)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("name", name)
        writer.field("port", port)
        writer.field("protocol", `protocol`)
        writer.endObject()
    }
}
