package import JSON

extension WorkerPool {
    /// How often a failed dispatch is tried again.
    package struct Retry: APIValue {
        package var limit: Int?
        package var initialDelaySeconds: Int64?
        package var multiplier: Int?
        package var deadLetter: DeadLetterPolicy?

        package init() {}
    }
}

extension WorkerPool.Retry {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "limit": try reader.read(&limit)
            case "initialDelaySeconds": try reader.read(&initialDelaySeconds)
            case "multiplier": try reader.read(&multiplier)
            case "deadLetter": try reader.read(&deadLetter)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("limit", limit)
        writer.field("initialDelaySeconds", initialDelaySeconds)
        writer.field("multiplier", multiplier)
        writer.field("deadLetter", deadLetter)
        writer.endObject()
    }
}

extension WorkerPool.Retry: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "How often a failed dispatch is tried again.",
            [
                .optional("limit", .integer("Most further tries.", 0...20, default: 3)),
                .optional("initialDelaySeconds", .integer("Seconds before the first of them.", 0...3600, default: 1)),
                .optional("multiplier", .integer("Factor between one delay and the next.", 1...10, default: 2)),
                .optional(
                    "deadLetter",
                    .oneOf(
                        "Keep leaves the task failed with its payload for a look; Discard drops the payload.",
                        DeadLetterPolicy.self, default: .keep)),
            ])
    }
}
