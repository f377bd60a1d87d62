package import KubernetesModel

/// What a store has just begun to show.
package struct StoreChange<R: KubernetesObject>: Sendable {
    package enum Origin: Sendable, Hashable {
        /// Seen by the watch, as it happened.
        case live
        /// Found by comparing a list with what was shown before; the steps in between are not known.
        case list
    }

    package var key: ObjectKey
    package var old: R?
    package var new: R?
    package var origin: Origin

    /// The object is gone and nobody saw it go: `old` may not be its last state.
    package var isFinalStateUnknown: Bool { new == nil && origin == .list }

    /// For logs: why a reconcile was asked for.
    package var reason: ReconcileReason {
        let verb =
            switch (old != nil, new != nil) {
            case (false, _): "added"
            case (true, true): "modified"
            case (true, false): isFinalStateUnknown ? "missing" : "deleted"
            }
        let version = (new ?? old)?.metadata.resourceVersion ?? ""
        return ReconcileReason(R.resourceType.kind, "\(verb) \(key)@\(version)")
    }

    package var priority: QueuePriority { origin == .live ? .live : .initial }
}
