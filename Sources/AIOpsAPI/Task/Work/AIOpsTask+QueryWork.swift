package import JSON

extension AIOpsTask {
    /// A question, answered by planning, execution and feedback.
    package struct QueryWork: APIValue {
        package var message: String = ""
        package var serviceID: String?
        package var sessionID: String?

        package init() {}
    }
}

extension AIOpsTask.QueryWork {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "message": try reader.read(&message)
            case "serviceID": try reader.read(&serviceID)
            case "sessionID": try reader.read(&sessionID)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("message", message)
        writer.field("serviceID", serviceID)
        writer.field("sessionID", sessionID)
        writer.endObject()
    }
}

extension AIOpsTask.QueryWork: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "A question, answered by planning, execution and feedback.",
            [
                .required("message", .text("The question, in plain words.", max: 16384, min: 1)),
                .optional("serviceID", .text("Service the question is about.", max: 253)),
                .optional("sessionID", .text("Groups questions of one conversation with a person.", max: 253)),
            ])
    }
}
