package import JSON

extension LLMConversation {
    /// Money by direction.
    package struct Cost: APIValue {
        package var inputCost: DecimalString?
        package var outputCost: DecimalString?
        package var totalCost: DecimalString?
        package var currency: String?
        package var source: CostSource?

        package init() {}
    }
}

extension LLMConversation.Cost {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "inputCost": try reader.read(&inputCost)
            case "outputCost": try reader.read(&outputCost)
            case "totalCost": try reader.read(&totalCost)
            case "currency": try reader.read(&currency)
            case "source": try reader.read(&source)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("inputCost", inputCost)
        writer.field("outputCost", outputCost)
        writer.field("totalCost", totalCost)
        writer.field("currency", currency)
        writer.field("source", source)
        writer.endObject()
    }
}

extension LLMConversation.Cost: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "Money by direction.",
            [
                .optional("inputCost", .text("For input.", max: 32, form: .decimal)),
                .optional("outputCost", .text("For output.", max: 32, form: .decimal)),
                .optional(
                    "totalCost", .text("Together; absent means unknown, which is not zero.", max: 32, form: .decimal)),
                .optional("currency", .text("ISO 4217 code.", max: 3, form: .currency)),
                .optional("source", .oneOf("Where the figure comes from.", CostSource.self)),
            ])
    }
}
