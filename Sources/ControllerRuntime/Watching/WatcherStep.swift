package import KubernetesModel

/// How fresh a list must be.
package enum ListBasis: Sendable, Hashable {
    /// Up to date at the moment of asking.
    case latest
    /// May come from the server's cache if that has reached the version.
    case notOlderThan(String)
}

/// What the watcher wants next.
///
/// Exactly one thing is under way at a time.
package enum WatcherAction: Sendable, Hashable {
    case list(ListBasis)
    case watch(from: String, serverTimeout: Duration)
    case wait(Duration)
    /// The next notice of the stream that is open.
    case read
}

/// A change the store must show.
package enum WatcherDelivery<R: KubernetesObject>: Sendable {
    case replace([R], version: String)
    case upsert(R)
    case delete(R)
    case advance(String)
}

/// The answer to one input: at most one delivery, and the next wish.
package struct WatcherStep<R: KubernetesObject>: Sendable {
    package var delivery: WatcherDelivery<R>?
    package var action: WatcherAction

    package init(_ delivery: WatcherDelivery<R>? = nil, then action: WatcherAction) {
        self.delivery = delivery
        self.action = action
    }
}
