package import KubernetesModel

/// What a store has just begun to show.
package struct StoreChange<Row: Sendable>: Sendable {
    package enum Origin: Sendable, Hashable {
        /// Seen by the watch, as it happened.
        case live
        /// There when somebody began to look: the first list, or what is shown already to one who subscribes.
        case initial
        /// Found by comparing a list with what was shown before; it happened lately, but the steps in between are not known.
        case list
        /// Nothing has changed; a periodic look.
        case resync
    }

    package var key: ObjectKey
    package var old: Row?
    package var new: Row?
    package var origin: Origin
    /// The version of `new`, or of `old` when the object is gone.
    package var resourceVersion: String
    /// Another object of the same name stood here before: nothing known about that one holds for this.
    package var isAnotherObject: Bool

    package init(
        key: ObjectKey, old: Row?, new: Row?, origin: Origin, resourceVersion: String, isAnotherObject: Bool = false
    ) {
        self.key = key
        self.old = old
        self.new = new
        self.origin = origin
        self.resourceVersion = resourceVersion
        self.isAnotherObject = isAnotherObject
    }

    /// The object is gone and nobody saw it go: `old` may not be its last state.
    package var isFinalStateUnknown: Bool { new == nil && origin == .list }

    package var verb: ReconcileReason.Verb {
        switch (old != nil, new != nil) {
        case _ where origin == .resync: .resynced
        case (false, _): .added
        case (true, true): .modified
        case (true, false): isFinalStateUnknown ? .missing : .deleted
        }
    }

    /// What a list finds to have changed or gone is as urgent as if the watch had told it.
    package var priority: QueuePriority {
        switch origin {
        case .live, .list: .live
        case .initial, .resync: .initial
        }
    }
}
