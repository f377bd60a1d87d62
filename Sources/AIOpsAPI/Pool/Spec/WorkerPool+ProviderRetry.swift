package import JSON

extension WorkerPool {
    /// How a model is asked again that does not answer.
    package struct ProviderRetry: APIValue {
        package var patienceSeconds: Int64?
        package var initialDelaySeconds: Int64?
        package var maxDelaySeconds: Int64?
        package var lostReplies: Int?

        package init() {}
    }
}

extension WorkerPool.ProviderRetry {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "patienceSeconds": try reader.read(&patienceSeconds)
            case "initialDelaySeconds": try reader.read(&initialDelaySeconds)
            case "maxDelaySeconds": try reader.read(&maxDelaySeconds)
            case "lostReplies": try reader.read(&lostReplies)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("patienceSeconds", patienceSeconds)
        writer.field("initialDelaySeconds", initialDelaySeconds)
        writer.field("maxDelaySeconds", maxDelaySeconds)
        writer.field("lostReplies", lostReplies)
        writer.endObject()
    }
}

extension WorkerPool.ProviderRetry: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "How a model is asked again that does not answer, in the middle of a run.",
            [
                .optional(
                    "patienceSeconds",
                    .integer(
                        "Seconds from the first failure in which what cost nothing is tried again.", 1...86_400,
                        default: 120)),
                .optional(
                    "initialDelaySeconds",
                    .integer("Seconds before the second try; doubled for each further one.", 1...3600, default: 2)),
                .optional("maxDelaySeconds", .integer("The longest of these delays.", 1...3600, default: 8)),
                .optional(
                    "lostReplies",
                    .integer(
                        "So many replies of one turn may be lost on the way, each of them charged; then the task ends.",
                        1...20, default: 3)),
            ])
    }
}
