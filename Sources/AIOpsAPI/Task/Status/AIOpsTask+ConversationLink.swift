package import JSON

extension AIOpsTask {
    /// A conversation of this task.
    package struct ConversationLink: APIValue {
        package var name: String = ""
        package var attempt: Int = 0
        package var role: String?

        package init() {}
    }
}

extension AIOpsTask.ConversationLink {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "name": try reader.read(&name)
            case "attempt": try reader.read(&attempt)
            case "role": try reader.read(&role)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("name", name)
        writer.field("attempt", attempt)
        writer.field("role", role)
        writer.endObject()
    }
}

extension AIOpsTask.ConversationLink: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "A conversation of this task.",
            [
                .required("name", .text("Name of the LLMConversation.", max: 253, min: 1)),
                .optional("attempt", .integer("Attempt it belongs to.", 0...100)),
                .optional("role", .text("Role that held it, where there are several.", max: 63)),
            ])
    }
}
