/// Which clusters were made for tasks that are gone or have been cleaned up, so that nobody will ever ask for them
/// again.
///
/// Pure. Invariants: only a cluster that carries the mark of this home cluster is ours; one whose task is there and not
/// cleaned up belongs to that task, in whatever phase.
package enum KindSweep {
    /// Those to delete of `found`, the names of all clusters of the engine, listed first: a task is there before its
    /// cluster is.
    ///
    /// `tasks` are the uids of those that may have a cluster, read after that, from the server's newest state.
    package static func leftBehind(
        _ found: [String], tasks: some Sequence<String>, home: String
    ) -> [KindClusterName] {
        var ours = Set(found.compactMap { KindClusterName(found: $0, home: home) })
        for uid in tasks where !ours.isEmpty { ours = ours.filter { !$0.belongs(to: uid) } }
        return ours.sorted { $0.text < $1.text }
    }
}
