package import JSON

/// A recorded conversation, in the namespace of this object.
package struct ConversationReference: APIValue {
    package var name: String = ""

    package init() {}
}

extension ConversationReference {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "name": try reader.read(&name)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("name", name)
        writer.endObject()
    }
}

extension ConversationReference: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "A recorded conversation, in the namespace of this object.",
            [
                .required("name", .text("Name of the LLMConversation.", max: 253, form: .dnsSubdomain))
            ])
    }
}
