package import Processes

/// The command lines of kind.
///
/// Invariant: each names the file that kind keeps kubeconfigs in, so that the user's own is never touched.
package struct KindCommand: Sendable {
    package let settings: KindSettings

    package init(_ settings: KindSettings) { self.settings = settings }

    package var version: ProcessRequest { request(["version"]) }

    /// Prints a name a line.
    package var list: ProcessRequest { request(["get", "clusters"]) }

    package func kubeconfig(of name: KindClusterName) -> ProcessRequest {
        request(["get", "kubeconfig", "--name", name.text])
    }

    /// Reads `configuration` and leaves the kubeconfig in `file`.
    package func create(_ order: KindOrder, configuration: String, file: String) -> ProcessRequest {
        var arguments = ["create", "cluster", "--name", order.name.text, "--config", "-", "--kubeconfig", file]
        if let image = order.nodeImage { arguments += ["--image", image] }
        // A node that is not ready takes no pods; kind itself gives up the wait with a warning.
        arguments += ["--wait", "\(Self.readySeconds)s"]
        var request = request(arguments, limit: settings.createLimit)
        request.input = Array(configuration.utf8)
        return request
    }

    package func delete(_ name: KindClusterName, file: String) -> ProcessRequest {
        request(["delete", "cluster", "--name", name.text, "--kubeconfig", file])
    }

    /// How long kind waits for its nodes.
    package static let readySeconds = 180

    private func request(_ arguments: [String], limit: Duration? = nil) -> ProcessRequest {
        ProcessRequest(
            settings.program, arguments, environment: settings.environment, timeLimit: limit ?? settings.commandLimit,
            outputLimit: 256 << 10)
    }
}
