package import JSON
package import Primitives

extension LLMConversation {
    /// One of the last messages, cut at 512 bytes.
    package struct MessagePreview: APIValue {
        package var seq: Int64 = 0
        package var timestamp: Timestamp?
        package var role: MessageRole?
        package var content: String?
        package var functionName: String?

        package init() {}
    }
}

extension LLMConversation.MessagePreview {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "seq": try reader.read(&seq)
            case "timestamp": try reader.read(&timestamp)
            case "role": try reader.read(&role)
            case "content": try reader.read(&content)
            case "functionName": try reader.read(&functionName)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("seq", seq)
        writer.field("timestamp", timestamp)
        writer.field("role", role)
        writer.field("content", content)
        writer.field("functionName", functionName)
        writer.endObject()
    }
}

extension LLMConversation.MessagePreview: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "One of the last messages, cut at 512 bytes.",
            [
                .required("seq", .integer("Its sequence number.", 0...1_000_000_000)),
                .optional("timestamp", .timestamp("When it was recorded.")),
                .optional("role", .oneOf("Who spoke.", MessageRole.self)),
                .optional("content", .text("What was said, redacted and cut.", max: 600)),
                .optional("functionName", .text("Tool that was called or answered.", max: 128)),
            ])
    }
}
