package import JSON

extension AIOpsTask {
    /// What becomes of the conversation record.
    package struct ConversationSettings: APIValue {
        package var retain: ConversationRetention?

        package init() {}
    }
}

extension AIOpsTask.ConversationSettings {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "retain": try reader.read(&retain)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("retain", retain)
        writer.endObject()
    }
}

extension AIOpsTask.ConversationSettings: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "What becomes of the conversation record.",
            [
                .optional(
                    "retain",
                    .oneOf(
                        "WithTask: it goes with the task; Keep: it stays.", ConversationRetention.self,
                        default: .withTask))
            ])
    }
}
