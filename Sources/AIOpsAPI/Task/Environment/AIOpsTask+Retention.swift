package import JSON

extension AIOpsTask {
    /// How long it is kept after the end.
    package struct Retention: APIValue {
        package var onSuccessSeconds: Int64?
        package var onFailureSeconds: Int64?

        package init() {}
    }
}

extension AIOpsTask.Retention {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "onSuccessSeconds": try reader.read(&onSuccessSeconds)
            case "onFailureSeconds": try reader.read(&onFailureSeconds)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("onSuccessSeconds", onSuccessSeconds)
        writer.field("onFailureSeconds", onFailureSeconds)
        writer.endObject()
    }
}

extension AIOpsTask.Retention: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "How long it is kept after the end.",
            [
                .optional("onSuccessSeconds", .integer("Seconds to keep it after success.", 0...604800, default: 0)),
                .optional(
                    "onFailureSeconds",
                    .integer("Seconds to keep it after failure.", 0...604800, default: 0)),
            ])
    }
}
