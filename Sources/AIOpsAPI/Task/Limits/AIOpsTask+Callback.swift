package import JSON

extension AIOpsTask {
    /// An address told about the end of the task.
    package struct Callback: APIValue {
        package var url: String = ""
        package var secretRef: SecretKeyReference?

        package init() {}
    }
}

extension AIOpsTask.Callback {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "url": try reader.read(&url)
            case "secretRef": try reader.read(&secretRef)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("url", url)
        writer.field("secretRef", secretRef)
        writer.endObject()
    }
}

extension AIOpsTask.Callback: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "An address told about the end of the task.",
            [
                .required(
                    "url",
                    .text(
                        "Where the result is posted as JSON; only allowed hosts.", max: 2048,
                        min: 1, form: .httpURL)),
                .optional(
                    "secretRef",
                    SecretKeyReference.schema.described("Secret whose key (default token) signs the request.")),
            ])
    }
}
