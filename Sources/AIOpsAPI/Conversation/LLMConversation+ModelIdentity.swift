package import JSON

extension LLMConversation {
    /// The model that was spoken to.
    package struct ModelIdentity: APIValue {
        package var provider: ModelProvider?
        package var name: String?

        package init() {}
    }
}

extension LLMConversation.ModelIdentity {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "provider": try reader.read(&provider)
            case "name": try reader.read(&name)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("provider", provider)
        writer.field("name", name)
        writer.endObject()
    }
}

extension LLMConversation.ModelIdentity: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "The model that was spoken to.",
            [
                .optional("provider", .oneOf("Who answered.", ModelProvider.self)),
                .optional("name", .text("Name of the model.", max: 253)),
            ])
    }
}
