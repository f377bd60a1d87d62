package import JSON
package import Primitives

extension WorkerPool {
    /// Money of the current window, in a pool with a budget.
    package struct Spend: APIValue {
        package var cost: DecimalString?
        package var held: DecimalString?
        package var currency: String?
        package var windowStartedAt: Timestamp?
        package var grants: [BudgetGrant] = []

        package init() {}
    }
}

extension WorkerPool.Spend {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "cost": try reader.read(&cost)
            case "held": try reader.read(&held)
            case "currency": try reader.read(&currency)
            case "windowStartedAt": try reader.read(&windowStartedAt)
            case "grants": try reader.read(&grants)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("cost", cost)
        writer.field("held", held)
        writer.field("currency", currency)
        writer.field("windowStartedAt", windowStartedAt)
        writer.field("grants", nonEmpty: grants)
        writer.endObject()
    }
}

extension WorkerPool.Spend: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "Money of the current window, in a pool with a budget.",
            [
                .optional("cost", .text("Spent by tasks that ended in the window.", max: 32, form: .decimal)),
                .optional(
                    "held",
                    .text(
                        "Granted to tasks that have not ended; with cost never above the budget.", max: 32,
                        form: .decimal)),
                .optional("currency", .text("ISO 4217 code of the amounts.", max: 3, form: .currency)),
                .optional(
                    "windowStartedAt",
                    .timestamp("When the window began; the next is begun by the first grant or end of a task in it.")),
                .optional(
                    "grants",
                    .list(
                        "Who holds how much of the budget.", of: WorkerPool.BudgetGrant.schema, max: 1000,
                        kind: .map(keys: ["taskUID", "attempt"]))),
            ])
    }
}
