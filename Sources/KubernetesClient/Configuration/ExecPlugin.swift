package import JSON

/// A credential plugin as a kubeconfig declares it (client.authentication.k8s.io, v1 and v1beta1).
package struct ExecPlugin: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    package static let versions = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"]

    package var apiVersion: String
    /// A path, or a name to look for in `PATH`.
    package var command: String
    package var arguments: [String]
    /// The whole environment of the plugin: ours with the entries of the kubeconfig over it.
    package var environment: [String: String]
    /// What to tell a user who does not have the program.
    package var installHint: String?
    /// What the plugin is told of the cluster, when `provideClusterInfo` asks for that.
    package var cluster: JSONValue?
    /// Where it is declared: file, line and key.
    package var place: String

    package init(
        apiVersion: String, command: String, arguments: [String] = [], environment: [String: String] = [:],
        installHint: String? = nil, cluster: JSONValue? = nil, place: String
    ) {
        self.apiVersion = apiVersion
        self.command = command
        self.arguments = arguments
        self.environment = environment
        self.installHint = installHint
        self.cluster = cluster
        self.place = place
    }

    /// The plugin's input, which it reads from `KUBERNETES_EXEC_INFO`.
    var information: String {
        // There is no terminal here that a plugin could ask on.
        var spec: JSONValue = ["interactive": false]
        if let cluster { spec["cluster"] = cluster }
        let input: JSONValue = ["kind": "ExecCredential", "apiVersion": .string(apiVersion), "spec": spec]
        return input.text
    }

    /// Arguments and environment may hold secrets.
    package var description: String { "\(place): \(command)" }

    package var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
