package import JSON

extension AIOpsTask {
    /// Ready-made text for the columns of kubectl get.
    package struct Display: APIValue {
        package var model: String?
        package var pool: String?
        package var tokens: String?
        package var cost: String?

        package init() {}
    }
}

extension AIOpsTask.Display {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "model": try reader.read(&model)
            case "pool": try reader.read(&pool)
            case "tokens": try reader.read(&tokens)
            case "cost": try reader.read(&cost)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("model", model)
        writer.field("pool", pool)
        writer.field("tokens", tokens)
        writer.field("cost", cost)
        writer.endObject()
    }
}

extension AIOpsTask.Display: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "Ready-made text for the columns of kubectl get.",
            [
                .optional("model", .text("Model in use; simulated runs say so.", max: 253)),
                .optional("pool", .text("Pool in use.", max: 253)),
                .optional("tokens", .text("Tokens so far, for example 12.3k.", max: 32)),
                .optional("cost", .text("Money so far, like $0.0123; unknown is not $0.", max: 48)),
            ])
    }
}
