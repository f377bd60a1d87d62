/// How fresh a list must be.
package enum ListBasis: Sendable, Hashable {
    /// Up to date at the moment of asking.
    case latest
    /// May come from the server's cache if that has reached the version.
    case notOlderThan(String)
}

/// Where a watch begins.
package enum WatchStart: Sendable, Hashable {
    case after(String)
    /// With every object there is, up to a marked bookmark: a list and a watch in one.
    case everything(ListBasis)
}

/// What the watcher wants next.
///
/// Exactly one thing is under way at a time.
package enum WatcherAction: Sendable, Hashable {
    case list(ListBasis)
    case watch(WatchStart, serverTimeout: Duration)
    case wait(Duration)
    /// The next notice of the stream that is open.
    case read
}

/// What becomes of the object in hand, or of what is staged.
package enum StoreEffect: Sendable, Hashable {
    /// Nothing new: passed over.
    case none
    /// Part of a list that is not whole yet.
    case stage
    case show
    case advance(to: String)
    /// The list is whole.
    case commit(String)
    /// The list will not become whole, or is older than what is shown.
    case discard
}

/// The answer to one input: at most one effect on the store, and the next wish.
package struct WatcherStep: Sendable, Hashable {
    package var effect: StoreEffect
    package var action: WatcherAction

    package init(_ effect: StoreEffect = .none, then action: WatcherAction) {
        self.effect = effect
        self.action = action
    }
}
