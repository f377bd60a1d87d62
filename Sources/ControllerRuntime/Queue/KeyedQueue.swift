package import KubernetesModel
package import Primitives
package import Telemetry

/// The queue between those who see changes and those who reconcile: a lock, waiting workers and a clock around
/// ``WorkQueue``.
///
/// Adding never waits.
///
/// Invariants
/// - a worker waits only while no key is ready;
/// - after `shutDown` no key is handed out, and whoever waits gets nil.
package final class KeyedQueue: Sendable {
    package typealias Claim = WorkQueue.Claim

    /// What becomes of a key that was handed out.
    package enum Verdict: Sendable {
        case done
        case again(after: Duration, ReconcileReason)
        /// After the key's own backoff, or after `atLeast` where that is longer.
        case retry(ReconcileReason, atLeast: Duration = .zero)
        /// Put off without having been worked on: its failures are neither counted nor forgotten.
        case postponed(Duration, ReasonSet)
    }

    private struct State {
        var queue: WorkQueue
        var random: SeededGenerator
        var workers: [(ticket: UInt64, continuation: CheckedContinuation<Claim?, Never>)] = []
        var lastTicket: UInt64 = 0
        var isShutDown = false
        /// How many of the queue's added keys the numbers have.
        var toldAdded = 0

        mutating func takeAdded() -> Int {
            defer { toldAdded = queue.addedCount }
            return queue.addedCount - toldAdded
        }
    }

    private typealias Handover = (CheckedContinuation<Claim?, Never>, Claim)

    private let state: Locked<State>
    private let dueChanged = Wakeup()
    private let time: any TimeSource
    private let metrics: QueueMetrics?
    private let patience: WorkQueue.Patience

    package init(
        name: String, retryPolicy: RetryPolicy = .key, patience: WorkQueue.Patience = .init(processing: .seconds(90)),
        time: any TimeSource, metrics registry: MetricsRegistry? = nil, seed: UInt64 = .random(in: 0...UInt64.max)
    ) {
        state = Locked(State(queue: WorkQueue(retryPolicy: retryPolicy), random: SeededGenerator(seed: seed)))
        self.time = time
        self.patience = patience
        metrics = registry.map { QueueMetrics(name: name, registry: $0) }
        registry?.onExposition(for: self) { [weak self] in self?.refreshMetrics() }
    }

    deinit {
        // The series outlive the queue, and nothing refreshes them on a standby: they would say for ever what the last
        // term left behind.
        let (added, depth) = state.withLock { ($0.takeAdded(), $0.queue.depth.mapValues { _ in 0 }) }
        metrics?.refresh(.init(added: added, depth: depth))
    }

    package func add(_ key: ObjectKey, priority: QueuePriority = .live, reason: ReconcileReason) {
        add(key, priority: priority, reasons: ReasonSet([reason]))
    }

    /// `forgettingFailures` is for a key that names another object than before.
    package func add(
        _ key: ObjectKey, priority: QueuePriority = .live, reasons: ReasonSet, forgettingFailures: Bool = false
    ) {
        change { state, now in
            state.queue.add(key, priority: priority, reasons: reasons, now: now)
            if forgettingFailures { state.queue.forgetFailures(of: key) }
        }
    }

    package func add(
        _ key: ObjectKey, after delay: Duration, priority: QueuePriority = .live, reason: ReconcileReason
    ) {
        change { $0.queue.add(key, after: delay, priority: priority, reason: reason, now: $1) }
    }

    /// The next key, when there is one; nil after `shutDown`, or when the task is cancelled.
    package func next() async -> Claim? {
        guard let claim = await nextOrWait() else { return nil }
        metrics?.recordClaim(queuedFor: claim.queuedFor)
        return claim
    }

    private func nextOrWait() async -> Claim? {
        // Under load there is always one, and neither continuation nor handler is needed.
        let now = time.monotonicNow()
        let (claim, ticket) = state.withLock { state -> (Claim?, UInt64) in
            guard !state.isShutDown, !Task.isCancelled else { return (nil, 0) }
            state.lastTicket += 1
            return (state.queue.next(now: now), state.lastTicket)
        }
        if let claim { return claim }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { wait(with: $0, ticket) }
        } onCancel: {
            let waiter = state.withLock { state in
                state.workers.firstIndex { $0.ticket == ticket }.map { state.workers.remove(at: $0).continuation }
            }
            waiter?.resume(returning: nil)
        }
    }

    /// Gives a key back.
    ///
    /// Every key that was handed out must be given back once, or it is never reconciled again.
    ///
    /// Returns the wait until its next turn, where the verdict sets one.
    @discardableResult
    package func finish(_ claim: Claim, _ verdict: Verdict) -> Duration? {
        let (wait, worked) = change { state, now in
            let wait = Self.record(verdict, for: claim, in: &state, now: now)
            return (wait, state.queue.done(claim.key, now: now))
        }
        if case .retry = verdict { metrics?.recordRetry() }
        if let worked { metrics?.recordDone(after: worked) }
        return wait
    }

    /// Hands out no key any more; keys that are out may still be given back.
    package func shutDown() {
        let workers = state.withLock { state in
            state.isShutDown = true
            defer { state.workers.removeAll() }
            return state.workers.map(\.continuation)
        }
        for worker in workers { worker.resume(returning: nil) }
    }

    package var isShutDown: Bool { state.withLock { $0.isShutDown } }
    package var depth: Int { state.withLock { $0.queue.readyCount } }
    package var processingCount: Int { state.withLock { $0.queue.processingCount } }
    package func failureCount(of key: ObjectKey) -> Int { state.withLock { $0.queue.failureCount(of: key) } }

    /// Keys past the deadline of their next look: none, unless there is a bug or an overload.
    package var overdue: [ObjectKey] {
        let now = time.monotonicNow()
        return state.withLock { $0.queue.overdue(now: now, patience) }
    }

    /// Why each key is here and for how long, for a person; up to `limit` keys.
    package func snapshot(limit: Int = 1_000) -> [KeySnapshot] {
        let now = time.monotonicNow()
        // Sorting thousands of keys is for whoever asks to wait for, not for those who add.
        let copy = state.withLock { $0.queue }
        return copy.snapshot(now: now, limit: limit)
    }

    /// Hands over keys that fall due; runs until its task is cancelled.
    package func run() async {
        while !Task.isCancelled {
            let due = change { state, now in
                state.queue.promote(now: now)
                return state.queue.nextDue
            }
            if let due {
                await dueChanged.wait(atMost: due - time.monotonicNow(), time: time)
            } else {
                await dueChanged.wait()
            }
        }
    }

    private func wait(with continuation: CheckedContinuation<Claim?, Never>, _ ticket: UInt64) {
        let now = time.monotonicNow()
        enum Answer { case claim(Claim?), parked }
        let answer = state.withLock { state -> Answer in
            guard !state.isShutDown, !Task.isCancelled else { return .claim(nil) }
            if let claim = state.queue.next(now: now) { return .claim(claim) }
            state.workers.append((ticket, continuation))
            return .parked
        }
        if case .claim(let claim) = answer { continuation.resume(returning: claim) }
    }

    /// Every change may make keys ready for waiting workers and may move the next due time.
    private func change<Result: Sendable>(_ body: (inout State, Duration) -> Result) -> Result {
        let now = time.monotonicNow()
        let (result, handover, isDueSooner) = state.withLock { state -> (Result, [Handover], Bool) in
            let dueBefore = state.queue.nextDue
            let result = body(&state, now)
            var handover: [Handover] = []
            while !state.workers.isEmpty, !state.isShutDown, let claim = state.queue.next(now: now) {
                handover.append((state.workers.removeFirst().continuation, claim))
            }
            guard let dueAfter = state.queue.nextDue else { return (result, handover, false) }
            return (result, handover, dueBefore.map { dueAfter < $0 } ?? true)
        }
        for (worker, claim) in handover { worker.resume(returning: claim) }
        if isDueSooner { dueChanged.ring() }
        return result
    }

    private static func record(
        _ verdict: Verdict, for claim: Claim, in state: inout State, now: Duration
    ) -> Duration? {
        switch verdict {
        case .done:
            state.queue.forgetFailures(of: claim.key)
            return nil
        case .again(let delay, let reason):
            state.queue.forgetFailures(of: claim.key)
            state.queue.add(claim.key, after: delay, priority: .live, reason: reason, now: now)
            return delay
        case .retry(let reason, let atLeast):
            return state.queue.retry(
                claim.key, priority: claim.priority, reason: reason, atLeast: atLeast, now: now, using: &state.random)
        case .postponed(let delay, let reasons):
            state.queue.add(claim.key, after: delay, priority: claim.priority, reasons: reasons, now: now)
            return delay
        }
    }

    private func refreshMetrics() {
        guard let metrics else { return }
        let now = time.monotonicNow()
        let snapshot = state.withLock { state in
            QueueMetrics.Snapshot(
                added: state.takeAdded(), depth: state.queue.depth, unfinished: state.queue.unfinishedWork(now: now),
                oldest: state.queue.oldestProcessing.map { now - $0 } ?? .zero,
                overdue: state.queue.overdue(now: now, patience).count)
        }
        metrics.refresh(snapshot)
    }
}
