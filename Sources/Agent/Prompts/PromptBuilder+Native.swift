package import LanguageModels

/// What an agent is told whose tools are offered natively.
extension PromptBuilder {
    /// The tools of this strategy, and `submit`.
    package var definitions: [ToolDefinition] {
        let submit = SubmitDescription(task.kind)
        return tools.map { tool in
            ToolDefinition(
                name: tool.name, description: "\(tool.summary)\nReturns: \(tool.returns)",
                parameters: ToolParameter.schema(of: tool.parameters))
        } + [
            ToolDefinition(
                name: "submit", description: submit.documentation,
                parameters: ToolParameter.schema(of: submit.parameters))
        ]
    }

    var nativeForm: String {
        let lead =
            strategy == .react
            ? "Think step by step. In each reply say in a few words what you know, what you conclude and what you need next, "
                + "and call exactly one tool."
            : "Each reply is exactly one tool call."
        return "\(lead)\n\nNothing is run but by a tool call. \(afterwards)"
    }

    var nativeReminder: String {
        let names = (tools.map(\.name) + ["submit"]).joined(separator: ", ")
        return "You can call \(names). A good reply calls exactly one of them, with its arguments as a JSON object."
    }
}
