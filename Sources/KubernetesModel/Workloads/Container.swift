package import JSON

/// One container of a pod, as far as we read or write it.
package struct Container: Sendable, Hashable, JSONDecodable, JSONEncodable {
    package var name: String
    package var image: String
    package var command: [String]
    package var args: [String]
    package var ports: [ContainerPort]
    package var env: [EnvironmentVariable]

    package init(
        name: String, image: String = "", command: [String] = [], args: [String] = [],
        ports: [ContainerPort] = [], env: [EnvironmentVariable] = []
    ) {
        self.name = name
        self.image = image
        self.command = command
        self.args = args
        self.ports = ports
        self.env = env
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init(name: "")
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "name": name = try reader.string()
            case "image": image = try reader.decodeIfPresent(String.self) ?? ""
            case "command": command = try reader.decodeIfPresent([String].self) ?? []
            case "args": args = try reader.decodeIfPresent([String].self) ?? []
            case "ports": ports = try reader.decodeIfPresent([ContainerPort].self) ?? []
            case "env": env = try reader.decodeIfPresent([EnvironmentVariable].self) ?? []
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("name", name)
        writer.field("image", image.nonEmpty)
        writer.field("command", command.nonEmpty)
        writer.field("args", args.nonEmpty)
        writer.field("ports", ports.nonEmpty)
        writer.field("env", env.nonEmpty)
        writer.endObject()
    }
}

/// A port that a container says it listens on.
package struct ContainerPort: Sendable, Hashable, JSONDecodable, JSONEncodable {
    package var name: String?
    package var containerPort: Int
    /// `TCP` when nil.
    package var `protocol`: String?

    package init(name: String? = nil, containerPort: Int, protocol: String? = nil) {
        self.name = name
        self.containerPort = containerPort
        self.protocol = `protocol`
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init(containerPort: 0)
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "name": name = try reader.decodeIfPresent(String.self)
            case "containerPort": containerPort = try reader.int()
            case "protocol": `protocol` = try reader.decodeIfPresent(String.self)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("name", name)
        writer.field("containerPort", containerPort)
        writer.field("protocol", `protocol`)
        writer.endObject()
    }
}

/// An environment variable with a plain value; values from other sources are not modelled.
package struct EnvironmentVariable: Sendable, Hashable, JSONDecodable, JSONEncodable {
    package var name: String
    /// Nil when the value comes from a Secret, a ConfigMap or a field.
    package var value: String?

    package init(name: String, value: String?) {
        self.name = name
        self.value = value
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init(name: "", value: nil)
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "name": name = try reader.string()
            case "value": value = try reader.decodeIfPresent(String.self)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("name", name)
        writer.field("value", value)
        writer.endObject()
    }
}
