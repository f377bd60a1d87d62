package import KubernetesModel

/// Brings one object from what is to what should be.
///
/// Promises: never called for one key twice at the same time; called again when anything changed since the last call
/// began; caches show what the last call wrote.
///
/// It gets a key and no event: what happened may have happened several times, or be undone by now. It looks at the
/// present state, and must find the same answer when called again. It heeds cancellation: that is how a time limit and a
/// shutdown reach it.
package protocol Reconciler: Sendable {
    func reconcile(_ key: ObjectKey) async -> ReconcileOutcome
}
