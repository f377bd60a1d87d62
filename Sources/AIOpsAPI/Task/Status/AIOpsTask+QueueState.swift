package import JSON
package import Primitives

extension AIOpsTask {
    /// Why and since when the task waits.
    package struct QueueState: APIValue {
        package var position: Int?
        package var since: Timestamp?
        package var reason: String?

        package init() {}
    }
}

extension AIOpsTask.QueueState {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "position": try reader.read(&position)
            case "since": try reader.read(&since)
            case "reason": try reader.read(&reason)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("position", position)
        // In microseconds: tasks of one `kubectl apply` go in the order in which they came.
        writer.field("since", since.map { $0.microseconds % 1_000_000 == 0 ? $0.rfc3339 : $0.rfc3339Micro })
        writer.field("reason", reason)
        writer.endObject()
    }
}

extension AIOpsTask.QueueState: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "Why and since when the task waits.",
            [
                .optional(
                    "position",
                    .integer(
                        """
                        Place in the queue when it joined, 1 first; not renewed.
                        """, 0...100000)),
                .optional("since", .timestamp("When it joined the queue.")),
                .optional(
                    "reason", .text("Why it is still there, like WaitingForWorker.", max: 128, form: .reason)),
            ])
    }
}
