package import KubernetesModel
internal import Primitives

/// The newest known state of all objects of one kind, kept by its reflector; reads never wait and never ask the server.
///
/// Promises: a list becomes visible as a whole before the first handler hears of it; handlers hear of a change after it
/// can be read. Handlers run on the reflector's task and must be quick: adding a key to a queue, no more.
package final class Store<R: KubernetesObject>: Sendable {
    package typealias Handler = @Sendable (StoreChange<R>) -> Void

    private struct State {
        var contents: StoreContents<R>
        var handlers: [Handler] = []
    }

    private let state: Locked<State>
    private let synced = Latch()

    package init(indexes: [StoreIndex<R>] = []) {
        state = Locked(State(contents: StoreContents(indexes: indexes)))
    }

    package func get(_ key: ObjectKey) -> R? { state.withLock { $0.contents[key] } }

    /// In the order of the keys.
    package func list() -> [R] { state.withLock { $0.contents.all } }
    package func list(namespace: String) -> [R] { state.withLock { $0.contents.all(namespace: namespace) } }

    /// Empty for an index that was not declared.
    package func list(index: String, value: String) -> [R] {
        state.withLock { $0.contents.all(index: index, value: value) }
    }

    package var count: Int { state.withLock { $0.contents.count } }
    /// True from the first whole list on.
    package var isSynced: Bool { synced.isOpen }
    /// The version of the kind that the store has reached; empty before the first list.
    package var resourceVersion: String { state.withLock { $0.contents.version } }

    package func waitUntilSynced() async throws(CancellationError) { try await synced.wait() }

    /// Hears of every change from now on.
    ///
    /// What is already shown is reported at once, as from a list; a change that comes at the same moment may be heard
    /// before it.
    package func subscribe(_ handler: @escaping Handler) {
        let present = state.withLock { state in
            state.handlers.append(handler)
            return state.contents.all
        }
        for object in present { handler(StoreChange(key: object.key, old: nil, new: object, origin: .list)) }
    }

    /// For the reflector alone: one writer keeps the order of changes and the order of notices the same.
    package func apply(_ delivery: WatcherDelivery<R>) {
        change { contents in
            switch delivery {
            case .replace(let items, let version): return contents.replace(with: items, version: version)
            case .upsert(let object): return contents.upsert(object).map { [$0] } ?? []
            case .delete(let object): return contents.delete(object).map { [$0] } ?? []
            case .advance(let version):
                contents.advance(to: version)
                return []
            }
        }
        if case .replace = delivery { synced.open() }
    }

    /// Shows an object read or written at the side of the watch, unless a newer one is shown.
    package func offer(_ object: R) {
        change { $0.offer(object).map { [$0] } ?? [] }
    }

    /// Hides an object that a live read did not find any more.
    package func withdraw(_ key: ObjectKey, uid: String) {
        change { $0.withdraw(key, uid: uid).map { [$0] } ?? [] }
    }

    private func change(_ body: (inout StoreContents<R>) -> [StoreChange<R>]) {
        let (changes, handlers) = state.withLock { (body(&$0.contents), $0.handlers) }
        for change in changes {
            for handler in handlers { handler(change) }
        }
    }
}
