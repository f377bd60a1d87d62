package import KubernetesModel
internal import Primitives

/// The newest known state of all objects of one kind, kept by its reflector; reads never wait and never ask the server.
///
/// What it keeps of each object is its row: the object whole (`Store<AIOpsTask>`), the few fields a controller looks at,
/// or the object packed (``PackedObject``).
///
/// Promises: a list becomes visible as a whole before the first handler hears of it; handlers hear of a change after it
/// can be read. Handlers run on the reflector's task and must be quick: adding a key to a queue, no more.
package final class Store<Row: Sendable>: Sendable {
    package typealias Handler = @Sendable (StoreChange<Row>) -> Void

    private struct VersionWaiter {
        var version: String
        var latch: Latch
    }

    private struct Listener {
        var isWanted: @Sendable () -> Bool
        var handler: Handler
    }

    private struct State {
        var contents: StoreContents<Row>
        var listeners: [Listener] = []
        var waiters: [VersionWaiter] = []
        var newestList = 0

        var handlers: [Handler] { listeners.map(\.handler) }

        /// Those whose version has been reached.
        mutating func takeWaiters() -> [Latch] {
            guard !waiters.isEmpty, contents.isSynced else { return [] }
            let version = contents.version
            let reached = waiters.filter { !ResourceVersion.isNewer($0.version, than: version) }
            waiters.removeAll { !ResourceVersion.isNewer($0.version, than: version) }
            return reached.map(\.latch)
        }
    }

    /// For logs and metrics: whose rows these are.
    package let kind: String
    private let state: Locked<State>
    private let synced = Latch()
    private let listed: ReasonSet

    package init(kind: String, indexes: [StoreIndex<Row>] = []) {
        self.kind = kind
        state = Locked(State(contents: StoreContents(indexes: indexes)))
        listed = ReasonSet([ReconcileReason(kind, .added)])
    }

    // MARK: Reading

    package func get(_ key: ObjectKey) -> Row? { state.withLock { $0.contents[key] } }
    package func entry(of key: ObjectKey) -> StoreEntry<Row>? { state.withLock { $0.contents.entry(of: key) } }
    package func identity(of key: ObjectKey) -> ObjectIdentity? { state.withLock { $0.contents.identity(of: key) } }

    /// In the order of the keys.
    package func list() -> [Row] { state.withLock { $0.contents.all } }
    package func list(namespace: String) -> [Row] { state.withLock { $0.contents.all(namespace: namespace) } }

    /// Empty for an index that was not declared.
    package func list(index: String, value: String) -> [Row] {
        state.withLock { $0.contents.all(index: index, value: value) }
    }

    package var keys: [ObjectKey] { state.withLock { $0.contents.keys } }
    package var count: Int { state.withLock { $0.contents.count } }
    /// What the tables take, without what rows hold outside of them.
    package var tableBytes: Int { state.withLock { $0.contents.tableBytes } }
    /// True from the first whole list on.
    package var isSynced: Bool { synced.isOpen }
    /// The version of the kind that the store has reached; empty before the first list.
    package var resourceVersion: String { state.withLock { $0.contents.version } }

    /// The highest number that a list shown here was given.
    package var newestList: Int { state.withLock { $0.newestList } }

    package func waitUntilSynced() async throws(CancellationError) { try await synced.wait() }

    /// Waits until everything up to this version is shown.
    package func waitUntil(version: String) async throws(CancellationError) {
        let latch = Latch()
        let reached = state.withLock { state in
            state.waiters.append(VersionWaiter(version: version, latch: latch))
            return state.takeWaiters()
        }
        for latch in reached { latch.open() }
        do throws(CancellationError) {
            try await latch.wait()
        } catch {
            state.withLock { $0.waiters.removeAll { $0.latch === latch } }
            throw error
        }
    }

    /// Every entry, one by one, each as it is when its turn comes; the lock is not held in between.
    package func forEach(_ body: (StoreEntry<Row>) -> Void) {
        var slot = 0
        while let entry = nextEntry(from: &slot) { body(entry) }
    }

    /// Hears of every change from now on, as long as the owner lives; without an owner, for good.
    ///
    /// What is already shown is reported at once, as of the first list; a change that comes at the same moment may be heard
    /// before it. The handler must not keep its owner alive.
    package func subscribe(for owner: (any AnyObject & Sendable)? = nil, _ handler: @escaping Handler) {
        let isForGood = owner == nil
        let listener = Listener(isWanted: { [weak owner] in isForGood || owner != nil }, handler: handler)
        state.withLock { state in
            // A store outlives those who listened in the terms before: they would add up.
            state.listeners.removeAll { !$0.isWanted() }
            state.listeners.append(listener)
        }
        forEach { handler(Self.change($0, .initial)) }
    }

    /// How many hear of changes, those included that have gone since the last one came.
    package var listenerCount: Int { state.withLock { $0.listeners.count } }

    /// Why a key was put in a queue because of a change here.
    ///
    /// The first list gives all its keys one set of reasons in common.
    package func reasons(for change: StoreChange<Row>) -> ReasonSet {
        guard change.origin != .initial else { return listed }
        return ReasonSet([ReconcileReason(kind, change.verb, change.key, version: change.resourceVersion)])
    }

    // MARK: For the reflector alone

    // One writer keeps the order of changes and the order of notices the same.

    package func beginStage() { state.withLock { $0.contents.beginStage() } }
    package func stage(_ entry: StoreEntry<Row>) { state.withLock { $0.contents.stage(entry) } }
    package func unstage(_ key: ObjectKey) { state.withLock { $0.contents.unstage(key) } }

    /// Shows all that was staged, and with it the number of the list, then tells of it; `telling` hears how many notices are
    /// still to be given.
    package func commit(version: String, list number: Int = 0, telling progress: (Int) -> Void = { _ in }) {
        let (commit, origin, handlers, reached) = state.withLock { state in
            // What comes into an empty cache is new, unless it is the first list.
            let origin: StoreChange<Row>.Origin = state.contents.isSynced ? .list : .initial
            let commit = state.contents.commit(version: version)
            state.newestList = max(state.newestList, number)
            return (commit, origin, state.handlers, state.takeWaiters())
        }
        synced.open()
        for latch in reached { latch.open() }
        switch commit {
        case .changes(let changes):
            for (number, change) in changes.enumerated() {
                progress(changes.count - number)
                for handler in handlers { handler(change) }
            }
        case .everything where !handlers.isEmpty:
            var left = count
            forEach { entry in
                progress(left)
                left -= 1
                for handler in handlers { handler(Self.change(entry, origin)) }
            }
        case .everything: break
        }
        progress(0)
    }

    package func show(_ entry: StoreEntry<Row>) { change { $0.upsert(entry) } }

    /// The version is that of the deletion.
    package func hide(_ key: ObjectKey, as version: String) { change { $0.delete(key, as: version) } }

    package func advance(to version: String) {
        change {
            $0.advance(to: version)
            return nil
        }
    }

    /// Shows an object read or written at the side of the watch, unless a newer one is shown, or its deletion was.
    package func offer(_ entry: StoreEntry<Row>) { change { $0.offer(entry) } }

    /// Hides an object that a live read of that version did not find, until something later is heard of it.
    package func withdraw(_ key: ObjectKey, asOf read: String) { change { $0.withdraw(key, asOf: read) } }

    private func change(_ body: (inout StoreContents<Row>) -> StoreChange<Row>?) {
        let (change, handlers, reached) = state.withLock { state in
            let change = body(&state.contents)
            return (change, state.handlers, state.takeWaiters())
        }
        for latch in reached { latch.open() }
        guard let change else { return }
        for handler in handlers { handler(change) }
    }

    private func nextEntry(from slot: inout Int) -> StoreEntry<Row>? {
        let start = slot
        let (entry, next) = state.withLock { state -> (StoreEntry<Row>?, Int) in
            var slot = start
            while slot < state.contents.slotCount {
                slot += 1
                if let entry = state.contents.entry(at: slot - 1) { return (entry, slot) }
            }
            return (nil, slot)
        }
        slot = next
        return entry
    }

    private static func change(_ entry: StoreEntry<Row>, _ origin: StoreChange<Row>.Origin) -> StoreChange<Row> {
        StoreChange(
            key: entry.key, old: nil, new: entry.row, origin: origin, resourceVersion: entry.resourceVersion)
    }
}

extension Store {
    /// As if everything had just been listed: for a periodic look at all of it.
    package func resync(_ body: (StoreChange<Row>) -> Void) {
        forEach { entry in
            body(
                StoreChange(
                    key: entry.key, old: entry.row, new: entry.row, origin: .resync,
                    resourceVersion: entry.resourceVersion))
        }
    }
}
