package import JSON

extension LLMConversation {
    /// Ready-made text for the columns of kubectl get.
    package struct Display: APIValue {
        package var model: String?
        package var tokens: String?
        package var cost: String?

        package init() {}
    }
}

extension LLMConversation.Display {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "model": try reader.read(&model)
            case "tokens": try reader.read(&tokens)
            case "cost": try reader.read(&cost)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("model", model)
        writer.field("tokens", tokens)
        writer.field("cost", cost)
        writer.endObject()
    }
}

extension LLMConversation.Display: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "Ready-made text for the columns of kubectl get.",
            [
                .optional("model", .text("Model; simulated conversations say so.", max: 253)),
                .optional("tokens", .text("Tokens so far.", max: 32)),
                .optional("cost", .text("Money so far.", max: 48)),
            ])
    }
}
