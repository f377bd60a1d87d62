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
    /// Whom the sandbox's processes belong to.
    ///
    /// A user of its own for each sandbox: the kernel counts processes by user over the whole node, and one agent that uses up
    /// what it may have must not leave none to the others.
    package let sandboxUser: Int64

    /// The only label that our objects carry.
    package static let uidLabel = "aiops.dev/uid"
    package static let serviceAccount = "shell"
    package static let sandboxPod = "shell"
    package static let sandboxContainer = "shell"
    /// Of the application's pods; it has no rights and its token is mounted nowhere.
    package static let applicationAccount = "app"

    package init(taskUID: String, attempt: Int) {
        let whole = SHA256Digest.of("\(taskUID)/\(attempt)").hex
        let digest = whole.prefix(12)
        application = "env-\(digest)"
        sandbox = "box-\(digest)"
        // Above what systems and images give out, and within 31 bits.
        sandboxUser = 1_300_000_000 + (Int64(whole.suffix(7), radix: 16) ?? 0)
    }

    package var all: [String] { [application, sandbox] }
}
