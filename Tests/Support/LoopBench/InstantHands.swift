import Agent

/// A shell whose every command is over at once, with as much to read as an agent's commands have on average.
struct InstantHands: Toolbox {
    private static let text = (0..<40).map { "store-7d9c6b5f4-\($0)   1/1     Running   0          \($0)m" }
        .joined(separator: "\n")

    let tools = [
        ToolDescription(
            name: "exec_shell", summary: "Runs a command.",
            parameters: [ToolParameter("command", .text, "the command to run.")], returns: "what it wrote.",
            effect: .readOnly)
    ]

    func perform(_ action: AgentAction) async throws(ToolError) -> Observation { Observation(text: Self.text) }
}
