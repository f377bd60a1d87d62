package import JSON

extension AIOpsTask {
    /// A job for an external agent behind a pool with backend HTTP.
    package struct DispatchWork: APIValue {
        package var pattern: String = ""
        package var payload: String?

        package init() {}
    }
}

extension AIOpsTask.DispatchWork {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "pattern": try reader.read(&pattern)
            case "payload": try reader.read(&payload)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("pattern", pattern)
        writer.field("payload", payload)
        writer.endObject()
    }
}

extension AIOpsTask.DispatchWork: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "A job for an external agent behind a pool with backend HTTP.",
            [
                .required(
                    "pattern",
                    .text(
                        "Routing pattern, matched against spec.routes of the pool.", max: 253, min: 1, form: .identifier
                    )),
                .optional("payload", .text("JSON handed to the external agent unchanged.", max: 65536)),
            ])
    }
}
