package import JSON

extension LLMConversation {
    /// A ConfigMap that holds messages.
    package struct Chunk: APIValue {
        package var configMap: String = ""
        package var firstSeq: Int64 = 0
        package var count: Int64 = 0
        package var bytes: Int64 = 0
        package var sha256: String?

        package init() {}
    }
}

extension LLMConversation.Chunk {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "configMap": try reader.read(&configMap)
            case "firstSeq": try reader.read(&firstSeq)
            case "count": try reader.read(&count)
            case "bytes": try reader.read(&bytes)
            case "sha256": try reader.read(&sha256)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("configMap", configMap)
        writer.field("firstSeq", firstSeq)
        writer.field("count", count)
        writer.field("bytes", bytes)
        writer.field("sha256", sha256)
        writer.endObject()
    }
}

extension LLMConversation.Chunk: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "A ConfigMap that holds messages.",
            [
                .required("configMap", .text("Its name.", max: 253, min: 1)),
                .required("firstSeq", .integer("Sequence number of its first message.", 0...1_000_000_000)),
                .optional("count", .integer("Messages in it.", 0...1_000_000_000)),
                .optional("bytes", .integer("Bytes of them, uncompressed.", 0...1048576)),
                .optional("sha256", .text("SHA-256 of the messages.", max: 64, form: .sha256)),
            ])
    }
}
