import Agent
import JSON
import Primitives

/// Tools whose effects a test can count.
final class ScriptedToolbox: Toolbox {
    typealias Script = @Sendable (AgentAction) async throws(ToolError) -> Observation

    private let script: Script
    private let done = Locked<[AgentAction]>([])

    /// With all tools, or only those named.
    init(
        only names: [String]? = nil,
        script: @escaping Script = { action in Observation(text: "did \(action.arguments.first?.value.text ?? "")") }
    ) {
        tools = Self.all.filter { names?.contains($0.name) ?? true }
        self.script = script
    }

    var performed: [AgentAction] { done.withLock { $0 } }

    static let all = [
        ToolDescription(
            name: "exec_shell", summary: "Runs a command.",
            parameters: [ToolParameter("command", .text, "the command to run.")], returns: "what it wrote.",
            effect: .shell(argument: "command"), examples: ["exec_shell(\"ls\")"]),
        ToolDescription(
            name: "get_logs", summary: "Reads logs.",
            parameters: [
                ToolParameter("namespace", .text, "the namespace."), ToolParameter("service", .text, "the service."),
            ],
            returns: "the log.", effect: .readOnly, examples: ["get_logs(\"a\", \"b\")"]),
    ]

    let tools: [ToolDescription]

    func perform(_ action: AgentAction) async throws(ToolError) -> Observation {
        done.withLock { $0.append(action) }
        return try await script(action)
    }
}
