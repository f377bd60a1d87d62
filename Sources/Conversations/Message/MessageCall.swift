package import JSON

/// A native tool call of a model, as it is kept.
package struct MessageCall: Sendable, Hashable {
    /// By this the message with its result names it; no other call of the conversation has it.
    package var id: String
    package var name: String
    /// JSON as text, as the model wrote it but for secrets: it may be invalid.
    package var arguments: String
    /// Set when `arguments` were cut on their way into the record; they are no JSON then.
    package internal(set) var truncation: Truncation?

    package init(id: String, name: String, arguments: String) {
        self.id = id
        self.name = name
        self.arguments = arguments
    }

    /// The arguments as a map; what is none stands as text under `value`.
    package var argumentMap: JSONObject {
        do {
            if let object = try JSONValue(parsing: Array(arguments.utf8)).objectValue { return object }
        } catch {
            // Kept as the model wrote it.
        }
        return ["value": .string(arguments)]
    }

    /// To be read by people.
    var line: String { "→ \(name) \(arguments)" }
}

extension MessageCall: JSONEncodable, JSONDecodable {
    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("id", id)
        writer.field("name", name)
        writer.field("arguments", arguments)
        writer.field("truncated", truncation)
        writer.endObject()
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init(id: "", name: "", arguments: "")
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "id": id = try reader.string()
            case "name": name = try reader.string()
            case "arguments": arguments = try reader.string()
            case "truncated": truncation = try reader.decode(Truncation.self)
            default: try reader.skip()
            }
        }
    }
}
