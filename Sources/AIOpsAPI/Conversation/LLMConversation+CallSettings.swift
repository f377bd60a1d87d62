package import JSON

extension LLMConversation {
    /// How the model was called.
    package struct CallSettings: APIValue {
        package var temperature: DecimalString?
        package var topP: DecimalString?
        package var maxTokens: Int?

        package init() {}
    }
}

extension LLMConversation.CallSettings {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "temperature": try reader.read(&temperature)
            case "topP": try reader.read(&topP)
            case "maxTokens": try reader.read(&maxTokens)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("temperature", temperature)
        writer.field("topP", topP)
        writer.field("maxTokens", maxTokens)
        writer.endObject()
    }
}

extension LLMConversation.CallSettings: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "How the model was called.",
            [
                .optional("temperature", .text("Sampling temperature as a decimal string.", max: 32, form: .decimal)),
                .optional("topP", .text("Nucleus sampling as a decimal string.", max: 32, form: .decimal)),
                .optional("maxTokens", .integer("Most output tokens of one reply.", 1...1000000)),
            ])
    }
}
