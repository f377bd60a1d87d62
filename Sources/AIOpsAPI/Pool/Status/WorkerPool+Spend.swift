package import JSON
package import Primitives

extension WorkerPool {
    /// Money spent in the current window.
    package struct Spend: APIValue {
        package var cost: DecimalString?
        package var currency: String?
        package var windowStartedAt: Timestamp?
        package var unpricedCalls: Int64 = 0

        package init() {}
    }
}

extension WorkerPool.Spend {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "cost": try reader.read(&cost)
            case "currency": try reader.read(&currency)
            case "windowStartedAt": try reader.read(&windowStartedAt)
            case "unpricedCalls": try reader.read(&unpricedCalls)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("cost", cost)
        writer.field("currency", currency)
        writer.field("windowStartedAt", windowStartedAt)
        writer.field("unpricedCalls", unpricedCalls)
        writer.endObject()
    }
}

extension WorkerPool.Spend: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "Money spent in the current window.",
            [
                .optional("cost", .text("Spent so far; absent means unknown.", max: 32, form: .decimal)),
                .optional("currency", .text("ISO 4217 code of cost.", max: 3, form: .currency)),
                .optional("windowStartedAt", .timestamp("When the window began.")),
                .optional("unpricedCalls", .integer("Calls in the window whose price is unknown.", 0...1_000_000_000)),
            ])
    }
}
