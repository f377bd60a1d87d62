/// `submit` as the agent of one kind of task sees it.
struct SubmitDescription: Sendable, Hashable {
    var signature: String
    var documentation: String
    var examples: [String]

    init(_ kind: AgentTask.Kind) {
        switch kind {
        case .detection:
            signature = "submit(has_anomaly: str)"
            documentation = "Ends the task with the answer \"Yes\" or \"No\"."
            examples = ["submit(\"Yes\")", "submit(\"No\")"]
        case .localization:
            signature = "submit(faulty_components: list[str])"
            documentation = "Ends the task with the names of the faulty components."
            examples = ["submit([\"some-service\"])", "submit([])"]
        case .analysis:
            signature = "submit(analysis: dict)"
            documentation = "Ends the task with system level and fault type; no argument means no fault."
            examples = ["submit({\"system_level\": \"...\", \"fault_type\": \"...\"})", "submit()"]
        case .mitigation:
            signature = "submit()"
            documentation = "Ends the task: the service is examined now."
            examples = ["submit()"]
        }
    }
}
