package import JSON

extension LLMConversation {
    /// Who may append, and the end of the hash chain.
    package struct Head: APIValue {
        package var worker: String?
        package var epoch: Int64 = 0
        package var nextSeq: Int64 = 0
        package var sha256: String?

        package init() {}
    }
}

extension LLMConversation.Head {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "worker": try reader.read(&worker)
            case "epoch": try reader.read(&epoch)
            case "nextSeq": try reader.read(&nextSeq)
            case "sha256": try reader.read(&sha256)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("worker", worker)
        writer.field("epoch", epoch)
        writer.field("nextSeq", nextSeq)
        writer.field("sha256", sha256)
        writer.endObject()
    }
}

extension LLMConversation.Head: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "Who may append, and the end of the hash chain.",
            [
                .optional("worker", .text("Worker that writes.", max: 253)),
                .required("epoch", .integer("Epoch of its claim; a lower one may not append.", 0...1_000_000_000)),
                .optional("nextSeq", .integer("Sequence number of the next message.", 0...1_000_000_000)),
                .optional("sha256", .text("Hash of the last message.", max: 64, form: .sha256)),
            ])
    }
}
