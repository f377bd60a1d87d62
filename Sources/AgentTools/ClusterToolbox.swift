package import Agent
package import Environments
package import KubernetesClient
package import Primitives

/// The hands of an agent that works on one application: a shell in its sandbox and the application's logs.
///
/// `submit` is not among them; it belongs to the agent's loop.
package struct ClusterToolbox: Toolbox {
    private let shell: ExecShellTool
    private let logs: GetLogsTool
    package let tools: [ToolDescription]

    private static let all = [GetLogsTool.description, ExecShellTool.description]
    /// What a task may name.
    package static let names = all.map(\.name)
    /// All of them, or `only` those named.
    package static func descriptions(only: [String]?) -> [ToolDescription] {
        all.filter { only?.contains($0.name) ?? true }
    }

    /// The one that strategy `Shell` has.
    package static let shellName = ExecShellTool.description.name

    /// The hands for the application in `namespace`, all of them or `only` those named; `redact` takes secrets out of what
    /// goes to a model.
    package init(
        shell: SandboxShell, client: KubernetesClient, namespace: String, time: any TimeSource, only: [String]? = nil,
        redact: @escaping @Sendable (String) -> String = { $0 }
    ) {
        self.shell = ExecShellTool(shell: shell, time: time, redact: redact)
        let tools = Self.descriptions(only: only)
        logs = GetLogsTool(
            client: client, namespace: namespace, hasShell: tools.contains { $0.name == Self.shellName }, redact: redact
        )
        self.tools = tools
    }

    package func perform(_ action: AgentAction) async throws(ToolError) -> Observation {
        switch action.name {
        case let name where !tools.contains { $0.name == name }:
            Observation(
                text: "There is no action \"\(name.prefix(60))\". There are: "
                    + (tools.map(\.name) + ["submit"]).joined(separator: ", ") + ".")
        case ExecShellTool.description.name: try await shell.perform(action)
        default: try await logs.perform(action)
        }
    }
}
