package import KubernetesModel
internal import Lifecycle
package import Primitives
package import Telemetry

/// Keeps a store equal to the server: performs what ``WatcherState`` asks for, and nothing else.
///
/// Each object is turned into its row as soon as it is decoded, so a list of any length costs its rows and one object.
package final class Reflector<R: KubernetesObject, Row: Sendable>: Lifecycle.Service, CacheView {
    private struct Core {
        var state: WatcherState
        var random: SeededGenerator
        /// Consistent lists asked for so far, which no cache may answer from the past; the store knows which it shows.
        var asked = 0
        /// Whether the newest of them is still to come in.
        var isAskingForLatest = false
        /// The number of the one that is being shown now; 0 for a list of another kind.
        var committing = 0

        mutating func step(_ input: WatcherInput, now: Duration) -> WatcherStep {
            let step = state.step(input, now: now, using: &random)
            if case .commit = step.effect {
                committing = isAskingForLatest ? asked : 0
                isAskingForLatest = false
            }
            switch step.action {
            case .list(.latest), .watch(.everything(.latest), _):
                asked += 1
                isAskingForLatest = true
            case .list, .watch: isAskingForLatest = false
            case .wait, .read: break
            }
            return step
        }
    }

    /// How a watch came to its end.
    private enum StreamEnd: Sendable { case action(WatcherAction), input(WatcherInput) }

    package let name: String
    package let store: Store<Row>
    package var resourceType: ResourceType { R.resourceType }
    private let row: @Sendable (R) -> Row
    private let source: any ResourceSource<R>
    private let time: any TimeSource
    private let logger: Logger
    private let metrics: ReflectorMetrics?
    private let core: Locked<Core>
    private let minding = Wakeup()
    /// The version that somebody at the barrier cannot wait for the watch to reach.
    private let wantedVersion = Locked<String?>(nil)

    /// `keeping` draws from each object what the store holds of it.
    package init(
        store: Store<Row>, keeping row: @escaping @Sendable (R) -> Row, source: any ResourceSource<R>,
        time: any TimeSource, logger: Logger, metrics registry: MetricsRegistry? = nil,
        seed: UInt64 = .random(in: 0...UInt64.max)
    ) {
        name = "reflector \(R.resourceType)"
        self.store = store
        self.row = row
        self.source = source
        self.time = time
        self.logger = logger.with(["resource": "\(R.resourceType)"])
        metrics = registry.map { ReflectorMetrics(resource: "\(R.resourceType)", registry: $0) }
        core = Locked(Core(state: WatcherState(), random: SeededGenerator(seed: seed)))
        registry?.onExposition { [metrics, store] in
            metrics?.refresh(objects: store.count, bytes: store.estimatedBytes, version: store.resourceVersion)
        }
    }

    /// Runs until its task is cancelled.
    package func run() async throws {
        var action = take(.start)
        while !Task.isCancelled {
            switch action {
            case .list(let basis): action = take(await list(basis))
            case .watch(let start, let serverTimeout): action = await watch(start, serverTimeout)
            case .wait(let duration):
                try await time.sleep(for: duration)
                action = take(.waited)
            case .read:
                // No stream is open here; starting over is always right.
                action = take(.start)
            }
        }
        throw CancellationError()
    }

    package func covers(_ key: ObjectKey) -> Bool { source.covers(key) }

    /// Reads one object from the server and shows it, or that it is gone, for a key whose watch seems stuck.
    package func refresh(_ key: ObjectKey) async throws(WatchFailure) {
        let (object, version) = try await source.get(key)
        if let object {
            store.offer(StoreEntry(object, row: row))
        } else {
            store.withdraw(key, asOf: version)
        }
    }

    // MARK: The barrier

    package var listsAskedFor: Int { core.withLock { $0.asked } }

    /// Returns when the store shows everything that had been written anywhere before this call.
    ///
    /// For the moments at which a cache may lack what others wrote: the start of the process, whose first list may come
    /// from an API server that is behind (elastic/cloud-on-k8s #4956), and the take-over of leadership with a warm cache
    /// (kubernetes/kubernetes #137308). A first list that was asked for after the first `lists` is enough by itself. Later
    /// the version of the kind is read from the server and waited for; since versions move with every write to the cluster
    /// and the watch of a quiet kind hears of that once a minute, a fresh list is read when `patience` is over.
    ///
    /// - Throws: `CancellationError`; failures of the server are retried as long as the task lives.
    package func barrier(
        after lists: Int? = nil, patience: Duration = .milliseconds(100)
    ) async throws(CancellationError) {
        let before = lists ?? listsAskedFor
        try await store.waitUntilSynced()
        if store.newestList > before { return }
        let version = try await latestVersion()
        if !ResourceVersion.isNewer(version, than: store.resourceVersion) { return }
        guard try await !reaches(version, within: patience) else { return }
        wantedVersion.withLock { wanted in
            guard let other = wanted, !ResourceVersion.isNewer(version, than: other) else { return wanted = version }
        }
        minding.ring()
        try await store.waitUntil(version: version)
    }

    private func latestVersion() async throws(CancellationError) -> String {
        var failures = 0
        while true {
            var wait: Duration
            do throws(WatchFailure) {
                return try await source.latestVersion()
            } catch {
                report("reading the version for the barrier failed", error)
                failures += 1
                wait = core.withLock { RetryPolicy.watch.delay(failures: failures, using: &$0.random) }
                if case .throttled(let asked?) = error { wait = max(wait, min(asked, RetryPolicy.longestThrottle)) }
            }
            try await time.sleep(for: wait)
        }
    }

    private func reaches(_ version: String, within patience: Duration) async throws(CancellationError) -> Bool {
        let isReached = await withTaskGroup(of: Bool.self) { group in
            group.addTask { [store] in
                await Self.succeeds { () throws(CancellationError) in
                    try await store.waitUntil(version: version)
                }
            }
            group.addTask { [time] in
                _ = await Self.succeeds { () throws(CancellationError) in try await time.sleep(for: patience) }
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
        if Task.isCancelled { throw CancellationError() }
        return isReached
    }

    private static func succeeds(_ body: () async throws(CancellationError) -> Void) async -> Bool {
        do throws(CancellationError) {
            try await body()
            return true
        } catch {
            return false
        }
    }

    // MARK: Lists and watches

    private func list(_ basis: ListBasis) async -> WatcherInput {
        store.beginStage()
        do throws(WatchFailure) {
            let version = try await source.list(basis) { [store, row] piece in
                switch piece {
                case .object(let object): store.stage(StoreEntry(object, row: row))
                case .startOver: store.beginStage()
                }
            }
            return .listed(version: version)
        } catch {
            report("list failed", error)
            return .listFailed(error)
        }
    }

    /// Reads one stream to its end; beside it somebody minds whether it makes progress and is still wanted.
    private func watch(_ start: WatchStart, _ serverTimeout: Duration) async -> WatcherAction {
        if case .everything = start { store.beginStage() }
        let end = await withTaskGroup(of: StreamEnd.self) { group in
            group.addTask { await self.read(start, serverTimeout) }
            group.addTask { .input(await self.mind()) }
            defer { group.cancelAll() }
            return await group.next() ?? .input(.streamEnded)
        }
        return switch end {
        case .action(let action): action
        case .input(let input): take(input)
        }
    }

    private func read(_ start: WatchStart, _ serverTimeout: Duration) async -> StreamEnd {
        let last = Locked(WatcherAction.read)
        do throws(WatchFailure) {
            try await source.watch(start, serverTimeout: serverTimeout) { notice in
                // Whoever minds the stream has given it up; what comes now belongs to nothing.
                guard !Task.isCancelled else { return false }
                let action = self.receive(notice)
                last.withLock { $0 = action }
                return action == .read
            }
            let action = last.withLock { $0 }
            return action == .read ? .input(.streamEnded) : .action(action)
        } catch {
            report("watch failed", error)
            return .input(.watchFailed(error))
        }
    }

    /// Waits until the open stream must be given up, and says why.
    private func mind() async -> WatcherInput {
        while !Task.isCancelled {
            // The wish stays until the store has come so far: who reads the stream may have ended it first, and then nobody
            // hears what is said here. A list that is on its way is not given up for another.
            if isBehindWish, core.withLock({ !$0.isAskingForLatest }) { return .freshListWanted }
            let now = time.monotonicNow()
            let deadline = core.withLock { $0.state.progressDeadline }
            if let deadline {
                if deadline <= now { return .stalled }
                await minding.wait(atMost: deadline - now, time: time)
            } else {
                await minding.wait()
            }
        }
        return .streamEnded
    }

    private var isBehindWish: Bool {
        wantedVersion.withLock { wanted in
            guard let version = wanted else { return false }
            if ResourceVersion.isNewer(version, than: store.resourceVersion) { return true }
            wanted = nil
            return false
        }
    }

    private func receive(_ notice: WatchNotice<R>) -> WatcherAction {
        switch notice {
        case .upsert(let object):
            let version = object.metadata.resourceVersion
            return take(.changed(version: version)) { effect in
                switch effect {
                case .stage: self.store.stage(StoreEntry(object, row: self.row))
                case .show: self.store.show(StoreEntry(object, row: self.row))
                default: break
                }
            }
        case .delete(let object):
            let version = object.metadata.resourceVersion
            return take(.changed(version: version)) { effect in
                switch effect {
                case .stage: self.store.unstage(object.key)
                case .show: self.store.hide(object.key, as: version)
                default: break
                }
            }
        case .bookmark(let version, let endsInitialEvents):
            return take(.bookmark(version, endsInitialEvents: endsInitialEvents))
        case .failure(let failure):
            report("watch reported an error", failure)
            return take(.watchFailed(failure))
        }
    }

    private func take(_ input: WatcherInput, with object: (StoreEffect) -> Void = { _ in }) -> WatcherAction {
        let now = time.monotonicNow()
        let step = core.withLock { $0.step(input, now: now) }
        switch step.effect {
        case .none: break
        case .stage, .show: object(step.effect)
        case .advance(let version): store.advance(to: version)
        case .discard: store.beginStage()
        case .commit(let version): commit(version)
        }
        return step.action
    }

    private func commit(_ version: String) {
        let began = time.monotonicNow()
        let number = core.withLock { $0.committing }
        store.commit(version: version, list: number) { [metrics] in metrics?.recordQueued($0) }
        metrics?.recordList(took: time.monotonicNow() - began)
        logger.debug("listed", ["objects": .integer(store.count), "resourceVersion": "\(version)"])
        // The end mark may lift the deadline that somebody waits for.
        minding.ring()
    }

    private func report(_ message: String, _ failure: WatchFailure) {
        guard !Task.isCancelled else { return }
        metrics?.recordFailure()
        switch failure {
        case .expired:
            // Compaction of old history is the server's daily business, not a fault.
            logger.info(message, ["error": "expired"])
        case .refused:
            // A server without streaming lists; what else refuses a request is said by the list that follows.
            logger.info(message, ["error": .describing(failure)])
        case .throttled, .failed: logger.warning(message, ["error": .describing(failure)])
        }
    }
}

extension Reflector where Row == R {
    /// Keeps objects whole.
    package convenience init(
        store: Store<R>, source: any ResourceSource<R>, time: any TimeSource, logger: Logger,
        metrics: MetricsRegistry? = nil, seed: UInt64 = .random(in: 0...UInt64.max)
    ) {
        self.init(
            store: store, keeping: { $0 }, source: source, time: time, logger: logger, metrics: metrics, seed: seed)
    }
}
