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

    /// The hands for the application in `namespace`; `redact` takes secrets out of what goes to a model.
    package init(
        shell: SandboxShell, client: KubernetesClient, namespace: String, time: any TimeSource,
        redact: @escaping @Sendable (String) -> String = { $0 }
    ) {
        self.shell = ExecShellTool(shell: shell, time: time, redact: redact)
        logs = GetLogsTool(client: client, namespace: namespace, redact: redact)
    }

    package var tools: [ToolDescription] { [GetLogsTool.description, ExecShellTool.description] }

    package func perform(_ action: AgentAction) async throws(ToolError) -> Observation {
        switch action.name {
        case ExecShellTool.description.name: try await shell.perform(action)
        case GetLogsTool.description.name: try await logs.perform(action)
        default:
            Observation(
                text: "There is no action \"\(action.name.prefix(60))\". There are: "
                    + (tools.map(\.name) + ["submit"]).joined(separator: ", ") + ".")
        }
    }
}
