package import JSON

extension AIOpsTask {
    /// Hard limits, checked before each call.
    package struct Limits: APIValue {
        package var maxSteps: Int?
        package var timeoutSeconds: Int64?
        package var startDeadlineSeconds: Int64?
        package var maxTokens: Int64?
        package var maxCost: DecimalString?

        package init() {}
    }
}

extension AIOpsTask.Limits {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "maxSteps": try reader.read(&maxSteps)
            case "timeoutSeconds": try reader.read(&timeoutSeconds)
            case "startDeadlineSeconds": try reader.read(&startDeadlineSeconds)
            case "maxTokens": try reader.read(&maxTokens)
            case "maxCost": try reader.read(&maxCost)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("maxSteps", maxSteps)
        writer.field("timeoutSeconds", timeoutSeconds)
        writer.field("startDeadlineSeconds", startDeadlineSeconds)
        writer.field("maxTokens", maxTokens)
        writer.field("maxCost", maxCost)
        writer.endObject()
    }
}

extension AIOpsTask.Limits: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "Hard limits, checked before each call.",
            [
                .optional(
                    "maxSteps",
                    .integer(
                        "Most agent steps; default: the problem's (30).", 1...1000)),
                .optional(
                    "timeoutSeconds",
                    .integer(
                        """
                        Seconds from startedAt, grading excluded; default: the pool's route's, else the problem's (1800).
                        """, 1...86400)),
                .optional(
                    "startDeadlineSeconds",
                    .integer(
                        "Seconds it may wait for a worker and its environment. Absent: no limit.", 1...604800)
                ),
                .optional(
                    "maxTokens", .integer("Most tokens of all calls, input and output.", 1...1_000_000_000_000)
                ),
                .optional(
                    "maxCost",
                    .text(
                        """
                        Most US dollars, like "0.50". A model of unknown \
                        price is then refused.
                        """, max: 32, form: .decimal)),
            ])
    }
}
