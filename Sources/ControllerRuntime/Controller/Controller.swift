package import KubernetesModel
internal import Lifecycle
package import Primitives
package import Telemetry

/// Takes keys from its queue and reconciles them, several at a time, one at a time per key.
///
/// Invariants
/// - a key that was taken is given back exactly once, whatever happens in between;
/// - no key is taken before the caches it reads have been filled, nor after `drain`.
package final class Controller: Lifecycle.Service, Drainable {
    private enum Phase { case idle, working, stopped }

    package let name: String
    package let queue: KeyedQueue
    private let reconciler: any Reconciler
    private let executor: IntentExecutor
    private let gate: WriteGate?
    private let events: EventRecorder?
    private let options: ControllerOptions
    private let time: any TimeSource
    private let logger: Logger
    private let metrics: ControllerMetrics?
    private let inputs = Locked<[@Sendable () async throws(CancellationError) -> Void]>([])
    private let phase = Locked(Phase.idle)
    private let draining = Latch()
    private let stopped = Latch()

    package init(
        name: String, reconciler: any Reconciler, executor: IntentExecutor, gate: WriteGate? = nil,
        events: EventRecorder? = nil, options: ControllerOptions = ControllerOptions(), time: any TimeSource,
        logger: Logger, metrics: MetricsRegistry? = nil, seed: UInt64 = .random(in: 0...UInt64.max)
    ) {
        self.name = name
        self.reconciler = reconciler
        self.executor = executor
        self.gate = gate
        self.events = events
        self.options = options
        self.time = time
        self.logger = logger.with(["controller": "\(name)"])
        self.metrics = metrics.map { ControllerMetrics(name: name, concurrency: options.concurrency, registry: $0) }
        queue = KeyedQueue(name: name, retryPolicy: options.retryPolicy, time: time, metrics: metrics, seed: seed)
    }

    /// Wants the key to be looked at.
    package func enqueue(_ key: ObjectKey, priority: QueuePriority = .live, reason: ReconcileReason) {
        queue.add(key, priority: priority, reason: reason)
    }

    /// Looks at the keys that `map` draws from each change of the store, and begins only when the store is filled.
    ///
    /// Call before `run`.
    package func watch<R: KubernetesObject>(
        _ store: Store<R>, map: @escaping @Sendable (StoreChange<R>) -> [ObjectKey]
    ) {
        inputs.withLock { inputs in
            inputs.append { () throws(CancellationError) in try await store.waitUntilSynced() }
        }
        // The store outlives the controllers of one term.
        store.subscribe { [weak queue] change in
            guard let queue else { return }
            for key in map(change) { queue.add(key, priority: change.priority, reason: change.reason) }
        }
    }

    /// Looks at each object of the store that changes.
    package func watch<R: KubernetesObject>(_ store: Store<R>) {
        watch(store) { [$0.key] }
    }

    package func run() async throws {
        defer {
            phase.withLock { $0 = .stopped }
            stopped.open()
        }
        for wait in inputs.withLock({ $0 }) { try await wait() }
        phase.withLock { $0 = .working }
        logger.info("controller started", ["concurrency": .integer(options.concurrency)])
        enum End { case workersDone, graceOver, clockStopped }
        await withTaskGroup(of: End.self) { group in
            group.addTask {
                await self.queue.run()
                return .clockStopped
            }
            group.addTask {
                await self.workAll()
                return .workersDone
            }
            group.addTask {
                await self.waitForEndOfGrace()
                return .graceOver
            }
            var isEnding = false
            for await end in group where end != .clockStopped {
                // The wait for the grace period also ends when the workers have, by cancellation.
                if end == .graceOver, !isEnding, !Task.isCancelled {
                    logger.warning("reconciles did not end in time")
                }
                isEnding = true
                group.cancelAll()
            }
        }
    }

    package func drain() async {
        queue.shutDown()
        draining.open()
        guard phase.withLock({ $0 == .working }) else { return }
        await stopped.waitToTheEnd()
    }

    private func waitForEndOfGrace() async {
        do {
            try await draining.wait()
            try await time.sleep(for: options.drainGrace)
        } catch {
            // The workers ended first, or everything is being cancelled.
        }
    }

    private func workAll() async {
        await withDiscardingTaskGroup { workers in
            for _ in 0..<options.concurrency {
                workers.addTask {
                    while let claim = await self.queue.next() { await self.process(claim) }
                }
            }
        }
    }

    private func process(_ claim: KeyedQueue.Claim) async {
        if let wait = await gate?.hold(claim.key) {
            metrics?.skippedAsStale()
            queue.finish(claim, .postponed(wait, claim.reasons))
            return
        }
        let began = time.monotonicNow()
        metrics?.began()
        let result = await reconcile(claim.key)
        let took = time.monotonicNow() - began
        let timedOut = result.hasFailed && took >= options.timeout
        metrics?.ended(result, timedOut: timedOut, after: took)
        finish(claim, result, took: took)
    }

    private func reconcile(_ key: ObjectKey) async -> ReconcileResult {
        do {
            return try await withDeadline(options.timeout, time: time) { [reconciler, executor, gate, events] in
                let outcome = await reconciler.reconcile(key)
                try await executor.execute(outcome.intents) { gate?.record($0, by: key) }
                for note in outcome.notes { events?.record(note) }
                return outcome.result
            }
        } catch {
            return .retry(error)
        }
    }

    private func finish(_ claim: KeyedQueue.Claim, _ result: ReconcileResult, took: Duration) {
        let log = logger.with([
            "key": "\(claim.key)", "reasons": "\(claim.reasons)", "tookMilliseconds": .integer(Int(took.milliseconds)),
            "queuedMilliseconds": .integer(Int(claim.queuedFor.milliseconds)),
        ])
        switch result {
        case .done:
            queue.finish(claim, .done)
            log.debug("reconciled")
        case .requeue(let delay):
            queue.finish(claim, .again(after: delay, ReconcileReason("timer", "after \(delay)")))
            log.debug("reconciled", ["nextInMilliseconds": .integer(Int(delay.milliseconds))])
        case .retry(let error):
            let wait = queue.finish(claim, .retry(ReconcileReason("retry", "after a failure")))
            let failures = queue.failureCount(of: claim.key)
            let fields: [String: LogValue] = [
                "error": .describing(error), "failures": .integer(failures),
                "nextInMilliseconds": .integer(Int((wait ?? .zero).milliseconds)),
            ]
            // The first one is usually somebody else's write in between, and mended by looking again.
            if failures > 1 { log.warning("reconcile failed", fields) } else { log.info("reconcile failed", fields) }
        case .terminal(let error):
            queue.finish(claim, .done)
            log.error("reconcile failed for good", ["error": .describing(error)])
        }
    }
}

extension ReconcileResult {
    fileprivate var hasFailed: Bool {
        switch self {
        case .done, .requeue: false
        case .retry, .terminal: true
        }
    }
}
