package import AIOpsAPI
import Environments
import KubernetesModel
import Primitives

/// Replaces in texts what differs from one task to the next: its name, its uid and what is named after them.
package struct NameMask: Sendable {
    private let replacements: [(from: String, to: String)]
    private let uid: String

    package init(_ task: AIOpsTask) {
        let names = EnvironmentNames(taskUID: task.metadata.uid, attempt: 1)
        uid = task.metadata.uid
        replacements = [
            (names.application, "ENV"), (names.sandbox, "BOX"), (task.metadata.uid, "UID"),
            (task.metadata.name, "TASK"),
            // In the name of a conversation that is kept.
            (String(SHA256Digest.of(task.metadata.uid).hex.prefix(10)), "DIGEST"),
        ]
    }

    private init() {
        replacements = []
        uid = ""
    }

    /// For what belongs to no task.
    static let nothing = NameMask()

    package func masked(_ text: String) -> String {
        replacements.reduce(text) { $0.replacing($1.from, with: $1.to) }
    }

    /// Flushes and segments: how many there are depends on the calls that were lost.
    package func isConversationLog(_ write: JournalEntry) -> Bool {
        write.resource == "configmaps" && write.objectName.contains(uid)
    }
}
