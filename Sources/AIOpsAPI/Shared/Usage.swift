package import JSON

/// Tokens and money spent on model calls.
package struct Usage: APIValue {
    package var calls: Int64 = 0
    /// Calls whose reply never came into the record: nobody can tell whether they were billed.
    package var lostCalls: Int64 = 0
    package var inputTokens: Int64 = 0
    package var outputTokens: Int64 = 0
    package var cacheReadTokens: Int64 = 0
    package var cacheWriteTokens: Int64 = 0
    package var reasoningTokens: Int64 = 0
    package var cost: DecimalString?
    /// What the lost calls may have cost at most; nothing where that is unknown, or none was lost.
    package var lostCost: DecimalString?
    package var currency: String?
    package var priceTable: String?
    package var simulated: Bool = false
    /// Some figures, and so the cost, are estimates of ours: a provider did not say them.
    package var estimated: Bool = false

    package init() {}
}

extension Usage {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "calls": try reader.read(&calls)
            case "lostCalls": try reader.read(&lostCalls)
            case "inputTokens": try reader.read(&inputTokens)
            case "outputTokens": try reader.read(&outputTokens)
            case "cacheReadTokens": try reader.read(&cacheReadTokens)
            case "cacheWriteTokens": try reader.read(&cacheWriteTokens)
            case "reasoningTokens": try reader.read(&reasoningTokens)
            case "cost": try reader.read(&cost)
            case "lostCost": try reader.read(&lostCost)
            case "currency": try reader.read(&currency)
            case "priceTable": try reader.read(&priceTable)
            case "simulated": try reader.read(&simulated)
            case "estimated": try reader.read(&estimated)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("calls", calls)
        if lostCalls != 0 { writer.field("lostCalls", lostCalls) }
        writer.field("inputTokens", inputTokens)
        writer.field("outputTokens", outputTokens)
        writer.field("cacheReadTokens", cacheReadTokens)
        writer.field("cacheWriteTokens", cacheWriteTokens)
        writer.field("reasoningTokens", reasoningTokens)
        writer.field("cost", cost)
        writer.field("lostCost", lostCost)
        writer.field("currency", currency)
        writer.field("priceTable", priceTable)
        writer.field("simulated", simulated)
        if estimated { writer.field("estimated", true) }
        writer.endObject()
    }
}

extension Usage: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "Tokens and money spent on model calls.",
            [
                .optional("calls", .integer("Model calls that were answered.", 0...1_000_000_000)),
                .optional("lostCalls", .integer("Calls whose reply was lost, perhaps billed.", 0...1_000_000_000)),
                .optional("inputTokens", .integer("Input tokens, those of the cache included.", 0...1_000_000_000_000)),
                .optional(
                    "outputTokens", .integer("Output tokens, mostly with reasoning.", 0...1_000_000_000_000)),
                .optional("cacheReadTokens", .integer("Input read from the cache.", 0...1_000_000_000_000)),
                .optional("cacheWriteTokens", .integer("Input written to the cache.", 0...1_000_000_000_000)),
                .optional("reasoningTokens", .integer("Output that was reasoning.", 0...1_000_000_000_000)),
                .optional(
                    "cost",
                    .text("Of answered calls, a decimal string. Absent is unknown, not zero.", max: 32, form: .decimal)),
                .optional("lostCost", .text("Of the lost ones at most.", max: 32, form: .decimal)),
                .optional("currency", .text("ISO 4217 code of cost.", max: 3, form: .currency)),
                .optional("priceTable", .text("Version of the prices used.", max: 64)),
                .optional("simulated", .boolean("No real model was called; measures nothing.")),
                .optional("estimated", .boolean("Some figures are estimates.")),
            ])
    }
}
