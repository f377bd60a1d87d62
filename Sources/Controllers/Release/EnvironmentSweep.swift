import Environments
package import KubernetesModel

/// Which namespaces were made for tasks that are gone, so that nobody will ever ask for them again.
///
/// A process that is killed right after it made one as a late owner leaves it behind: the task was cleaned up before.
///
/// Pure. Invariants: only a namespace whose name follows from the uid on it is ours, whatever its label says; one whose task
/// is there belongs to that task, in whatever phase.
package enum EnvironmentSweep {
    /// Attempts a task may have: its API allows no more.
    private static let attempts = 1...100

    /// - Parameters:
    ///   - namespaces: those with our label, listed first: a task is there before its namespaces are.
    ///   - tasks: uids of all tasks, read after the namespaces, and from the server's newest state.
    /// - Returns: those to delete.
    package static func leftBehind(_ namespaces: [ObjectMeta], tasks: Set<String>) -> [ObjectMeta] {
        namespaces.filter { namespace in
            guard !namespace.isBeingDeleted, let uid = namespace.labels[EnvironmentNames.uidLabel], !uid.isEmpty,
                !tasks.contains(uid)
            else { return false }
            return attempts.contains { EnvironmentNames(taskUID: uid, attempt: $0).all.contains(namespace.name) }
        }
    }
}
