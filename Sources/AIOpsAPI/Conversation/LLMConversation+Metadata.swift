package import JSON

extension LLMConversation {
    /// Context for those who collect conversations.
    package struct Metadata: APIValue {
        package var workerID: String?
        package var clusterName: String?
        package var problemID: String?
        package var success: Bool?

        package init() {}
    }
}

extension LLMConversation.Metadata {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "workerID": try reader.read(&workerID)
            case "clusterName": try reader.read(&clusterName)
            case "problemID": try reader.read(&problemID)
            case "success": try reader.read(&success)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("workerID", workerID)
        writer.field("clusterName", clusterName)
        writer.field("problemID", problemID)
        writer.field("success", success)
        writer.endObject()
    }
}

extension LLMConversation.Metadata: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "Context for those who collect conversations.",
            [
                .optional("workerID", .text("Worker that ran the task.", max: 253)),
                .optional("clusterName", .text("Cluster or namespace of the environment.", max: 253)),
                .optional("problemID", .text("Problem the task worked on.", max: 253)),
                .optional("success", .boolean("Verdict of the task, once known.")),
            ])
    }
}
