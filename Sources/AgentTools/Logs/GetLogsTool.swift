import Agent
import JSON
import KubernetesClient
import KubernetesModel

/// `get_logs`: the log of one service's first pod.
///
/// Read with the operator's rights, and therefore only ever in the application's namespace.
struct GetLogsTool: Sendable {
    let client: KubernetesClient
    let namespace: String
    /// Whether the agent can be sent to its shell for more.
    let hasShell: Bool
    let redact: @Sendable (String) -> String

    static let description = ToolDescription(
        name: "get_logs",
        summary: "Returns the log of the first pod of a service. Blocks of lines that repeat are shown once.",
        parameters: [
            ToolParameter("namespace", .text, "the namespace of the service."),
            ToolParameter("service", .text, "the name of the service, or of the application label of its pods."),
        ],
        returns: "the log.", effect: .readOnly, examples: ["get_logs(\"some-namespace\", \"some-service\")"])

    /// The labels by which applications name their parts.
    private static let nameLabels = [
        "app", "app.kubernetes.io/name", "io.kompose.service", "k8s-app", "job-name", "name",
    ]
    private static let lines = 2000
    private static let readBytes = 512 * 1024
    private static let shownBytes = 24 * 1024

    func perform(_ action: AgentAction) async throws(ToolError) -> Observation {
        guard let namespace = action.string("namespace", at: 0), let service = action.string("service", at: 1) else {
            return Observation(text: "get_logs needs two texts, as in get_logs(\"\(self.namespace)\", \"service\").")
        }
        guard namespace == self.namespace else { return unknown }
        do {
            guard let pod = try await firstPod(of: service) else { return unknown }
            let container = pod.spec.containers.first?.name
            let bytes = try await client.logs(
                pod.metadata.key,
                LogOptions(container: container, tailLines: Self.lines, limitBytes: Self.readBytes))
            let text = String(decoding: bytes, as: UTF8.self)
            let log = LogDigest.text(redact(text), limit: Self.shownBytes, hasShell: hasShell)
            return Observation(
                text: log.isEmpty ? "The log of pod \(pod.metadata.name) is empty." : log,
                metadata: ["pod": .string(pod.metadata.name), "bytes": .integer(Int64(bytes.count))])
        } catch {
            throw ToolError(
                "cannot read the logs: \(error.message)", isRetryable: error.isRetryable,
                isUserError: error.isUserError, isCancelled: error.isCancelled, cause: error)
        }
    }

    private var unknown: Observation {
        Observation(
            text: "Error: no such service, or no such namespace. "
                + (hasShell
                    ? "Look for names with exec_shell(\"kubectl get services,pods -n \(namespace)\")."
                    : "The namespace of the application is \(namespace)."),
            metadata: ["unknown": true])
    }

    /// By the Service's selector; where there is no such Service, by the labels that name applications.
    private func firstPod(of name: String) async throws(KubernetesError) -> Pod? {
        let pods = try await client.list(Pod.self, namespace: namespace).items
        // A name from the agent is compared with what is there, and never put into a request.
        let services = try await client.list(Service.self, namespace: namespace).items
        let selector = services.first { $0.metadata.name == name }?.spec.selector ?? [:]
        let matching =
            selector.isEmpty
            ? pods.filter { pod in Self.nameLabels.contains { pod.metadata.labels[$0] == name } }
            : pods.filter { pod in selector.allSatisfy { pod.metadata.labels[$0.key] == $0.value } }
        return matching.filter { $0.status.phase != .pending }.min { $0.metadata.name < $1.metadata.name }
    }
}
