internal import KubernetesClient
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

    private struct Input: Sendable {
        var wait: @Sendable () async throws(CancellationError) -> Void
        /// Looks at everything again.
        var resync: @Sendable () -> Void
    }

    package let name: String
    package let queue: KeyedQueue
    private let reconciler: any Reconciler
    private let executor: IntentExecutor
    private let gate: WriteGate?
    private let events: EventRecorder?
    private let brake = Locked(WriteBrake())
    private let runs: RunTimes
    private let options: ControllerOptions
    private let time: any TimeSource
    private let logger: Logger
    private let metrics: ControllerMetrics?
    private let inputs = Locked<[Input]>([])
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
        for waker in options.wakers { self.metrics?.mayBeWoken(by: waker) }
        runs = RunTimes(workers: options.concurrency, limit: options.timeout)
        queue = KeyedQueue(
            name: name, retryPolicy: options.retryPolicy,
            patience: WorkQueue.Patience(processing: options.timeout + .seconds(30)), time: time, metrics: metrics,
            seed: seed)
    }

    /// Wants the key to be looked at.
    package func enqueue(_ key: ObjectKey, priority: QueuePriority = .live, reason: ReconcileReason) {
        queue.add(key, priority: priority, reason: reason)
    }

    /// Looks at the keys that `map` draws from each change of the store, and begins only when the store is filled.
    ///
    /// Call before `run`.
    package func watch<Row: Sendable>(
        _ store: Store<Row>, map: @escaping @Sendable (StoreChange<Row>) -> [ObjectKey]
    ) {
        metrics?.mayBeWoken(by: store.kind)
        // The store outlives the controllers of one term.
        let enqueue = { @Sendable [weak queue, store] (change: StoreChange<Row>) in
            guard let queue else { return }
            let reasons = store.reasons(for: change)
            for key in map(change) {
                queue.add(
                    key, priority: change.priority, reasons: reasons,
                    forgettingFailures: change.isAnotherObject && key == change.key)
            }
        }
        let input = Input(
            wait: { () throws(CancellationError) in try await store.waitUntilSynced() },
            resync: { store.resync(enqueue) })
        inputs.withLock { $0.append(input) }
        store.subscribe(for: queue, enqueue)
    }

    /// Looks at each object of the store that changes.
    package func watch<Row: Sendable>(_ store: Store<Row>) {
        watch(store) { [$0.key] }
    }

    package func run() async throws {
        defer {
            phase.withLock { $0 = .stopped }
            stopped.open()
        }
        for input in inputs.withLock({ $0 }) { try await input.wait() }
        phase.withLock { $0 = .working }
        logger.info("controller started", ["concurrency": .integer(options.concurrency)])
        enum End { case workersDone, graceOver, minderStopped }
        await withTaskGroup(of: End.self) { group in
            group.addTask {
                await self.queue.run()
                return .minderStopped
            }
            group.addTask {
                await self.mind()
                return .minderStopped
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
            for await end in group where end != .minderStopped {
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

    /// Stops reconciles that take too long, tells of keys that nobody looks at, and looks at everything now and then.
    private func mind() async {
        var nextResync = options.resync.map { time.monotonicNow() + $0 }
        do throws(CancellationError) {
            while true {
                let now = time.monotonicNow()
                var wait = runs.stopOverdue(now: now)
                if let due = nextResync, let every = options.resync {
                    if due <= now {
                        for input in inputs.withLock({ $0 }) { input.resync() }
                        nextResync = now + every
                    }
                    wait = min(wait, (nextResync ?? now) - now)
                }
                let overdue = queue.overdue
                if let first = overdue.first {
                    logger.error("keys are overdue", ["count": .integer(overdue.count), "first": "\(first)"])
                }
                try await time.sleep(for: wait)
            }
        } catch {
            // The controller ends.
        }
    }

    // MARK: Workers

    private func workAll() async {
        await withDiscardingTaskGroup { workers in
            for number in 0..<options.concurrency {
                workers.addTask {
                    while !Task.isCancelled, !self.queue.isShutDown { await self.work(number) }
                }
            }
        }
    }

    /// One worker until its reconcile has to be stopped: cancellation reaches a task as a whole, so the next reconcile
    /// gets a new one.
    private func work(_ number: Int) async {
        let stop = runs.stopSign(of: number)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                while let claim = await self.queue.next() {
                    guard await self.process(claim, number) else { return }
                }
            }
            group.addTask {
                do { try await stop.wait() } catch { return }
            }
            await group.next()
            group.cancelAll()
        }
    }

    /// False when the reconcile was stopped.
    private func process(_ claim: KeyedQueue.Claim, _ worker: Int) async -> Bool {
        // The gate may read, and a read may hang: its time counts.
        runs.begin(worker, now: time.monotonicNow())
        if let wait = await gate?.hold(claim.key) {
            metrics?.skippedAsStale()
            return putOff(claim, for: wait, worker)
        }
        let began = time.monotonicNow()
        if let wait = brake.withLock({ $0.hold(claim.key, now: began) }) {
            metrics?.heldByBrake()
            logger.warning("a key writes at every look", ["key": "\(claim.key)", "reasons": "\(claim.reasons)"])
            return putOff(claim, for: wait, worker)
        }
        metrics?.began(for: claim.reasons)
        var result = await reconcile(claim.key)
        let wasStopped = runs.end(worker)
        // What a stopped reconcile says may be half done.
        if wasStopped { result = .retry(DeadlineExceeded(after: options.timeout)) }
        let took = time.monotonicNow() - began
        metrics?.ended(result, timedOut: wasStopped, after: took)
        finish(claim, result, took: took)
        return !wasStopped
    }

    /// False when the worker was stopped before it began.
    private func putOff(_ claim: KeyedQueue.Claim, for wait: Duration, _ worker: Int) -> Bool {
        let wasStopped = runs.end(worker)
        queue.finish(claim, .postponed(wait, claim.reasons))
        return !wasStopped
    }

    private func reconcile(_ key: ObjectKey) async -> ReconcileResult {
        let outcome = await reconciler.reconcile(key)
        guard !outcome.intents.isEmpty || !outcome.notes.isEmpty else { return outcome.result }
        if Task.isCancelled { return .retry(CancellationError()) }
        do {
            var hasWritten = false
            defer {
                let now = time.monotonicNow()
                if hasWritten { brake.withLock { $0.wrote(key, now: now) } }
            }
            try await executor.execute(outcome.intents) { write in
                hasWritten = true
                gate?.record(write, by: key)
            }
            for note in outcome.notes { events?.record(note) }
            return outcome.result
        } catch {
            return .retry(error)
        }
    }

    private func finish(_ claim: KeyedQueue.Claim, _ result: ReconcileResult, took: Duration) {
        switch result {
        case .done:
            queue.finish(claim, .done)
            logger.debug("reconciled", Self.fields(claim, took))
        case .requeue(let delay):
            queue.finish(claim, .again(after: delay, ReconcileReason("timer", "after \(delay)")))
            logger.debug("reconciled", Self.fields(claim, took, nextIn: delay))
        case .retry(let error):
            // Repeats inside the client obey the server as well; a wait too long for them ends here.
            let asked = (error as? any RetryTimed)?.retryAfter ?? .zero
            let wait = queue.finish(
                claim,
                .retry(
                    ReconcileReason("retry", "after a failure"), atLeast: min(asked, RetryPolicy.longestThrottle)))
            let failures = queue.failureCount(of: claim.key)
            var fields = Self.fields(claim, took, nextIn: wait ?? .zero)
            fields["error"] = .describing(error)
            fields["failures"] = .integer(failures)
            // The first one is usually somebody else's write in between, and mended by looking again.
            if failures > 1 {
                logger.warning("reconcile failed", fields)
            } else {
                logger.info("reconcile failed", fields)
            }
        case .terminal(let error):
            queue.finish(claim, .done)
            logger.error(
                "reconcile failed for good",
                Self.fields(claim, took).merging(["error": .describing(error)]) { _, new in new })
        }
    }

    private static func fields(
        _ claim: KeyedQueue.Claim, _ took: Duration, nextIn delay: Duration? = nil
    ) -> [String: LogValue] {
        var fields: [String: LogValue] = [
            "key": "\(claim.key)", "reasons": "\(claim.reasons)", "tookMilliseconds": .integer(Int(took.milliseconds)),
            "queuedMilliseconds": .integer(Int(claim.queuedFor.milliseconds)),
        ]
        if let delay { fields["nextInMilliseconds"] = .integer(Int(delay.milliseconds)) }
        return fields
    }
}
