package import JSON

extension WorkerPool {
    /// Money that one attempt of a task may spend of the pool's budget.
    package struct BudgetGrant: APIValue {
        package var taskUID: String = ""
        package var attempt: Int = 0
        package var task: String?
        package var amount: DecimalString?

        package init() {}
    }
}

extension WorkerPool.BudgetGrant {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "taskUID": try reader.read(&taskUID)
            case "attempt": try reader.read(&attempt)
            case "task": try reader.read(&task)
            case "amount": try reader.read(&amount)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("taskUID", taskUID)
        writer.field("attempt", attempt)
        writer.field("task", task)
        writer.field("amount", amount)
        writer.endObject()
    }
}

extension WorkerPool.BudgetGrant: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "Money that one attempt of a task may spend of the pool's budget.",
            [
                .required("taskUID", .text("Uid of the task.", max: 128, min: 1)),
                .required("attempt", .integer("Its attempt.", 1...100)),
                .optional("task", .text("Namespace and name of the task.", max: 320)),
                .required(
                    "amount", .text("Money it may spend, whichever window it began in.", max: 32, form: .decimal)),
            ])
    }
}
