package import JSON

extension AIOpsTask {
    /// New attempts, each in a fresh environment.
    package struct Retry: APIValue {
        package var limit: Int?
        package var on: [RetryCause]?
        package var backoffSeconds: Int64?

        package init() {}
    }
}

extension AIOpsTask.Retry {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "limit": try reader.read(&limit)
            case "on": try reader.read(&on)
            case "backoffSeconds": try reader.read(&backoffSeconds)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("limit", limit)
        writer.field("on", on)
        writer.field("backoffSeconds", backoffSeconds)
        writer.endObject()
    }
}

extension AIOpsTask.Retry: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "New attempts, each in a fresh environment.",
            [
                .optional("limit", .integer("Most further attempts.", 0...10, default: 0)),
                .optional(
                    "on",
                    .list(
                        "Which failures count; default: Infrastructure.",
                        of: .oneOf("A cause of failure.", RetryCause.self), max: 4, kind: .set)),
                .optional(
                    "backoffSeconds",
                    .integer(
                        "Seconds before the next attempt, doubled each time.", 0...3600, default: 10
                    )),
            ])
    }
}
