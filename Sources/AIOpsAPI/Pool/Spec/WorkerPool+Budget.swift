package import JSON

extension WorkerPool {
    /// Most money the pool may spend within a window.
    package struct Budget: APIValue {
        package var maxCost: DecimalString?
        package var windowSeconds: Int64?

        package init() {}
    }
}

extension WorkerPool.Budget {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "maxCost": try reader.read(&maxCost)
            case "windowSeconds": try reader.read(&windowSeconds)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("maxCost", maxCost)
        writer.field("windowSeconds", windowSeconds)
        writer.endObject()
    }
}

extension WorkerPool.Budget: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "Most money the pool may spend within a window.",
            [
                .optional("maxCost", .text("Most money as a decimal string in US dollars.", max: 32, form: .decimal)),
                .optional("windowSeconds", .integer("Length of the window.", 60...31536000, default: 86400)),
            ],
            rules: [.budgetNeedsCost])
    }
}
