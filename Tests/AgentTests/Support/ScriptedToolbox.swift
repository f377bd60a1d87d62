import Agent
import JSON
import Primitives

/// Tools whose effects a test can count.
final class ScriptedToolbox: Toolbox {
    typealias Script = @Sendable (AgentAction) async throws(ToolError) -> Observation

    private let script: Script
    private let done = Locked<[AgentAction]>([])

    init(script: @escaping Script = { action in Observation(text: "did \(action.arguments.first?.value.text ?? "")") })
    {
        self.script = script
    }

    var performed: [AgentAction] { done.withLock { $0 } }

    let tools = [
        ToolDescription(
            name: "exec_shell", signature: "exec_shell(command: str)", documentation: "Runs a command.",
            effect: .shell(argument: "command")),
        ToolDescription(
            name: "get_logs", signature: "get_logs(namespace: str, service: str)", documentation: "Reads logs.",
            effect: .readOnly),
    ]

    func perform(_ action: AgentAction) async throws(ToolError) -> Observation {
        done.withLock { $0.append(action) }
        return try await script(action)
    }
}
