package import JSON

extension LLMConversation {
    /// The task it belongs to.
    package struct TaskReference: APIValue {
        package var name: String = ""
        package var uid: String = ""

        package init() {}
    }
}

extension LLMConversation.TaskReference {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "name": try reader.read(&name)
            case "uid": try reader.read(&uid)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("name", name)
        writer.field("uid", uid)
        writer.endObject()
    }
}

extension LLMConversation.TaskReference: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "The task it belongs to.",
            [
                .required(
                    "name", .text("Name of the AIOpsTask in this namespace.", max: 253, min: 1, form: .dnsSubdomain)),
                .required("uid", .text("Its uid.", max: 64, min: 1)),
            ])
    }
}
