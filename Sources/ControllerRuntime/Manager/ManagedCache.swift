package import Lifecycle

/// A reflector, whatever its kind.
package protocol ManagedCache: Lifecycle.Service, CacheView {
    /// Whether the first whole list has come.
    var isSynced: Bool { get }

    /// How many lists this has asked for that no server may answer from the past.
    var listsAskedFor: Int { get }

    /// Returns when everything that had been written when `listsAskedFor` was `lists`, the present number when it is nil, can
    /// be read here; `patience` is for a watch that may be about to show it.
    ///
    /// At the start and at each take-over: a list may come from a server that is behind, and a warm cache may lack the last
    /// writes of the leader before (kubernetes/kubernetes#137308). Goes on trying until its task is cancelled.
    func barrier(after lists: Int?, patience: Duration) async throws(CancellationError)
}

extension Reflector: ManagedCache {
    package var isSynced: Bool { store.isSynced }
}
