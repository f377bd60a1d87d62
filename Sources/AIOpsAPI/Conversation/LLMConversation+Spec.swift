package import JSON

extension LLMConversation {
    /// What the conversation is about.
    ///
    /// Written once by the operator; immutable.
    package struct Spec: APIValue {
        package var taskRef: TaskReference = TaskReference()
        package var attempt: Int = 0
        package var role: String?
        package var model: ModelIdentity?
        package var llmConfig: CallSettings?

        package init() {}
    }
}

extension LLMConversation.Spec {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "taskRef": try reader.read(&taskRef)
            case "attempt": try reader.read(&attempt)
            case "role": try reader.read(&role)
            case "model": try reader.read(&model)
            case "llmConfig": try reader.read(&llmConfig)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("taskRef", taskRef)
        writer.field("attempt", attempt)
        writer.field("role", role)
        writer.field("model", model)
        writer.field("llmConfig", llmConfig)
        writer.endObject()
    }
}

extension LLMConversation.Spec: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "What the conversation is about. Written once by the operator; immutable.",
            [
                .required("taskRef", LLMConversation.TaskReference.schema),
                .optional("attempt", .integer("Attempt of the task.", 0...100)),
                .optional("role", .text("Role that held it, where there are several.", max: 63)),
                .optional("model", LLMConversation.ModelIdentity.schema),
                .optional("llmConfig", LLMConversation.CallSettings.schema),
            ],
            rules: [.writtenOnce])
    }
}
