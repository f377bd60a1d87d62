package import JSON

extension WorkerPool {
    /// A rule that says which tasks the pool takes.
    package struct Route: APIValue {
        package var pattern: String = ""
        package var work: WorkKind?
        package var matchLabels: [String: String]?
        package var timeoutSeconds: Int64?
        package var priority: Int?

        package init() {}
    }
}

extension WorkerPool.Route {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "pattern": try reader.read(&pattern)
            case "work": try reader.read(&work)
            case "matchLabels": try reader.read(&matchLabels)
            case "timeoutSeconds": try reader.read(&timeoutSeconds)
            case "priority": try reader.read(&priority)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("pattern", pattern)
        writer.field("work", work)
        writer.field("matchLabels", matchLabels)
        writer.field("timeoutSeconds", timeoutSeconds)
        writer.field("priority", priority)
        writer.endObject()
    }
}

extension WorkerPool.Route: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "A rule that says which tasks the pool takes.",
            [
                .required(
                    "pattern",
                    .text(
                        "Problem id or dispatch pattern, with * for any text, for example k8s_target_port-*.", max: 253,
                        min: 1, form: .glob)),
                .optional("work", .oneOf("Only this kind of work; absent: any.", WorkKind.self)),
                .optional(
                    "matchLabels",
                    .map("Labels the task must have.", of: .text("One value.", max: 63), max: 16)),
                .optional("timeoutSeconds", .integer("Time limit for tasks that set none.", 1...86400)),
                .optional("priority", .integer("Priority for tasks that set none.", 1...5)),
            ])
    }
}
