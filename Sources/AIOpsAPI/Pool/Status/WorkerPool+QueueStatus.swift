package import JSON

extension WorkerPool {
    /// The waiting line.
    package struct QueueStatus: APIValue {
        package var total: Int = 0
        package var byPriority: [PriorityCount] = []
        package var oldestSeconds: Int64?

        package init() {}
    }
}

extension WorkerPool.QueueStatus {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "total": try reader.read(&total)
            case "byPriority": try reader.read(&byPriority)
            case "oldestSeconds": try reader.read(&oldestSeconds)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("total", total)
        writer.field("byPriority", nonEmpty: byPriority)
        writer.field("oldestSeconds", oldestSeconds)
        writer.endObject()
    }
}

extension WorkerPool.QueueStatus: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "The waiting line.",
            [
                .optional("total", .integer("Waiting tasks.", 0...100000)),
                .optional(
                    "byPriority",
                    .list(
                        "Waiting tasks by priority.", of: WorkerPool.PriorityCount.schema, max: 5,
                        kind: .map(keys: ["priority"]))),
                .optional(
                    "oldestSeconds",
                    .integer(
                        """
                        How long the oldest one had waited when this was last written, which is when something else \
                        of the pool changes, at most once a second for the queue alone.
                        """, 0...31536000)),
            ])
    }
}
