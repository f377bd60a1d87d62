package import KubernetesModel
internal import Lifecycle
package import Primitives
package import Telemetry

/// Keeps a store equal to the server: performs what ``WatcherState`` asks for, and nothing else.
package final class Reflector<R: KubernetesObject>: Lifecycle.Service, CacheView {
    package let name: String
    package let store: Store<R>
    package var resourceType: ResourceType { R.resourceType }
    private let source: any ResourceSource<R>
    private let time: any TimeSource
    private let logger: Logger
    private let metrics: ReflectorMetrics?
    private let seed: UInt64

    package init(
        store: Store<R>, source: any ResourceSource<R>, time: any TimeSource, logger: Logger,
        metrics registry: MetricsRegistry? = nil, seed: UInt64 = .random(in: 0...UInt64.max)
    ) {
        name = "reflector \(R.resourceType)"
        self.store = store
        self.source = source
        self.time = time
        self.logger = logger.with(["resource": "\(R.resourceType)"])
        metrics = registry.map { ReflectorMetrics(resource: "\(R.resourceType)", registry: $0) }
        self.seed = seed
        registry?.onExposition { [metrics] in metrics?.refresh(objects: store.count, version: store.resourceVersion) }
    }

    /// Runs until its task is cancelled.
    package func run() async throws {
        var state = WatcherState<R>()
        var random = SeededGenerator(seed: seed)
        var action = take(.start, &state, &random)
        while !Task.isCancelled {
            switch action {
            case .list(let basis):
                let input = await list(basis)
                action = take(input, &state, &random)
            case .watch(let version, let serverTimeout):
                action = await watch(from: version, serverTimeout, &state, &random)
            case .wait(let duration):
                try await time.sleep(for: duration)
                action = take(.waited, &state, &random)
            case .read:
                // No stream is open here; starting over is always right.
                action = take(.start, &state, &random)
            }
        }
        throw CancellationError()
    }

    package func covers(_ key: ObjectKey) -> Bool { source.covers(key) }

    /// Reads one object from the server and shows it, for a key whose watch seems stuck.
    package func refresh(_ key: ObjectKey) async throws(WatchFailure) {
        let shown = store.get(key)
        if let object = try await source.get(key) {
            store.offer(object)
        } else if let shown {
            store.withdraw(key, uid: shown.metadata.uid)
        }
    }

    private func list(_ basis: ListBasis) async -> WatcherInput<R> {
        do throws(WatchFailure) {
            let (items, version) = try await source.list(basis)
            metrics?.recordList()
            logger.debug("listed", ["objects": .integer(items.count), "resourceVersion": "\(version)"])
            return .listed(items, version: version)
        } catch {
            report("list failed", error)
            return .listFailed(error)
        }
    }

    private func watch(
        from version: String, _ serverTimeout: Duration, _ state: inout WatcherState<R>, _ random: inout SeededGenerator
    ) async -> WatcherAction {
        var action = WatcherAction.read
        do throws(WatchFailure) {
            try await source.watch(from: version, serverTimeout: serverTimeout) { notice in
                if case .failure(let failure) = notice { report("watch reported an error", failure) }
                action = take(.notice(notice), &state, &random)
                return action == .read
            }
            return action == .read ? take(.streamEnded, &state, &random) : action
        } catch {
            report("watch failed", error)
            return take(.watchFailed(error), &state, &random)
        }
    }

    private func take(
        _ input: WatcherInput<R>, _ state: inout WatcherState<R>, _ random: inout SeededGenerator
    ) -> WatcherAction {
        let step = state.step(input, now: time.monotonicNow(), using: &random)
        if let delivery = step.delivery { store.apply(delivery) }
        return step.action
    }

    private func report(_ message: String, _ failure: WatchFailure) {
        guard !Task.isCancelled else { return }
        metrics?.recordFailure()
        // Compaction of old history is the server's daily business, not a fault.
        if failure == .expired {
            logger.info(message, ["error": "expired"])
        } else {
            logger.warning(message, ["error": .describing(failure)])
        }
    }
}
