/// `submit` as the agent of one kind of task sees it.
struct SubmitDescription: Sendable, Hashable {
    var documentation: String
    var parameters: [ToolParameter]
    /// Calls as an agent would write them in a code block.
    var examples: [String]

    var signature: String { "submit(\(parameters.map(\.signature).joined(separator: ", ")))" }

    init(_ kind: AgentTask.Kind) {
        switch kind {
        case .detection:
            documentation = "Ends the task with the answer \"Yes\" or \"No\"."
            parameters = [ToolParameter("has_anomaly", .text, "\"Yes\" or \"No\".")]
            examples = ["submit(\"Yes\")", "submit(\"No\")"]
        case .localization:
            documentation = "Ends the task with the names of the faulty components."
            parameters = [
                ToolParameter("faulty_components", .texts, "the names; an empty list if nothing is faulty.")
            ]
            examples = ["submit([\"some-service\"])", "submit([])"]
        case .analysis:
            documentation = "Ends the task with system level and fault type; no argument means no fault."
            parameters = [
                ToolParameter(
                    "analysis",
                    .map([
                        ToolParameter("system_level", .text, "one of the levels that the task names."),
                        ToolParameter("fault_type", .text, "one of the types that the task names."),
                    ]), "system level and fault type; left out if there is no fault.", isRequired: false)
            ]
            examples = ["submit({\"system_level\": \"...\", \"fault_type\": \"...\"})", "submit()"]
        case .mitigation:
            documentation = "Ends the task: the service is examined now."
            parameters = []
            examples = ["submit()"]
        }
    }
}
