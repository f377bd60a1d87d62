extension CustomResource {
    package static let llmConversation = CustomResource(
        type: LLMConversation.resourceType, shortName: "llmc",
        documentation: "The record of one conversation with a model; the messages themselves lie in ConfigMaps.",
        spec: LLMConversation.Spec.schema, status: LLMConversation.Status.schema,
        columns: [
            Column(name: "Task", type: .string, path: ".spec.taskRef.name", documentation: "Task it belongs to."),
            Column(
                name: "Model", type: .string, path: ".status.display.model",
                documentation: "Model; simulated conversations say so."),
            Column(
                name: "Messages", type: .integer, path: ".status.totalMessages", documentation: "Messages so far."),
            Column(name: "Tokens", type: .string, path: ".status.display.tokens", documentation: "Tokens so far."),
            Column(name: "Cost", type: .string, path: ".status.display.cost", documentation: "Money so far."),
            Column(
                name: "Complete", type: .boolean, path: ".status.complete", documentation: "Sealed and verified."),
            Column(
                name: "Age", type: .date, path: ".metadata.creationTimestamp", documentation: "Time since it was made."),
        ],
        selectableFields: [".spec.taskRef.name", ".spec.taskRef.uid", ".status.phase", ".status.complete"])
}
