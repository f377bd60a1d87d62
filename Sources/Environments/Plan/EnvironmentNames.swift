import Primitives

/// The names of one attempt's namespaces.
///
/// They are a digest of the task's uid and the attempt: the same for whoever computes them, and they tell the agent,
/// who sees them, nothing about the task.
package struct EnvironmentNames: Sendable, Hashable {
    /// Where the application runs and the agent has rights.
    package let application: String
    /// Where the agent's commands run and the agent has no rights.
    package let sandbox: String

    /// The only label that our objects carry.
    package static let uidLabel = "aiops.dev/uid"
    package static let serviceAccount = "shell"
    package static let sandboxPod = "shell"
    package static let sandboxContainer = "shell"
    /// Of the application's pods; it has no rights and its token is mounted nowhere.
    package static let applicationAccount = "app"

    package init(taskUID: String, attempt: Int) {
        let digest = SHA256Digest.of("\(taskUID)/\(attempt)").hex.prefix(12)
        application = "env-\(digest)"
        sandbox = "box-\(digest)"
    }

    package var all: [String] { [application, sandbox] }
}
