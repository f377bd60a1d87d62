internal import Lifecycle
package import Primitives
package import Telemetry

/// Runs the work of each term of this process, from the moment the caches have caught up to its end.
///
/// Invariants: work of one term at a time; none begins before every cache has shown what was written before the term began;
/// a lost term's work is cancelled at once, a drained one's ends in order; the leadership hears of the end only when nothing
/// of the work is left.
package final class LeaderWork: Lifecycle.Service, Drainable {
    package let name = "work"
    private let leadership: any Leadership
    private let caches: [any ManagedCache]
    private let mayFill: Latch
    private let makeWork: @Sendable (LeadershipTerm) -> Work
    private let gracePeriod: Duration
    private let time: any TimeSource
    private let logger: Logger
    private let latency: GaugeSeries?
    private let closing = Latch()
    private let hasStarted = Latch()
    private let stopped = Latch()

    /// The grace period is for the work alone, from the call of `drain`; `mayFill` is opened when the first term begins.
    package init(
        under leadership: any Leadership, caches: [any ManagedCache], mayFill: Latch = Latch(), gracePeriod: Duration,
        time: any TimeSource, logger: Logger, metrics: MetricsRegistry? = nil,
        work makeWork: @escaping @Sendable (LeadershipTerm) -> Work
    ) {
        self.leadership = leadership
        self.caches = caches
        self.mayFill = mayFill
        self.makeWork = makeWork
        self.gracePeriod = gracePeriod
        self.time = time
        self.logger = logger
        latency = metrics?.gauge(
            "controller_startup_latency_seconds",
            "From the beginning of the newest term to that of its work: caches filled and caught up."
        ).series([])
    }

    package func run() async throws {
        hasStarted.open()
        defer { stopped.open() }
        while !closing.isOpen, let term = try await nextTerm() {
            // One that came with the stop is handed back unused: a Lease under which work may go on is never released.
            let failure = closing.isOpen ? nil : await work(under: term)
            leadership.workEnded()
            if let failure { throw failure }
        }
    }

    /// Takes no more keys, lets reconciles under way end, ends what they rely on, and begins nothing new.
    package func drain() async {
        closing.open()
        if hasStarted.isOpen { await stopped.waitToTheEnd() }
    }

    /// Nil once it is being drained.
    private func nextTerm() async throws(CancellationError) -> LeadershipTerm? {
        let term = await untilClosing { [leadership] in
            do { return try await leadership.nextTerm() } catch { return nil as LeadershipTerm? }
        }
        guard Task.isCancelled else { return term }
        if term != nil { leadership.workEnded() }
        throw CancellationError()
    }

    private func work(under term: LeadershipTerm) async -> (any Error)? {
        enum End: Sendable {
            case lost
            case ended((any Error)?)
        }
        return await withTaskGroup(of: End.self) { group in
            group.addTask { .ended(await self.perform(term)) }
            group.addTask {
                do { try await term.lost.wait() } catch { return .ended(nil) }
                return .lost
            }
            var failure: (any Error)?
            for await end in group {
                group.cancelAll()
                // What the work of a lost term had to say about its end is no reason to end the process.
                if case .ended(let error) = end, !term.lost.isOpen { failure = failure ?? error }
            }
            if term.lost.isOpen { logger.info("the work of the lost term has ended", ["term": .integer(term.number)]) }
            return Task.isCancelled ? nil : failure
        }
    }

    private func perform(_ term: LeadershipTerm) async -> (any Error)? {
        let began = time.monotonicNow()
        // Before the caches may ask: a first list asked for from here on shows all that was written before this term.
        let listsBefore = caches.map(\.listsAskedFor)
        mayFill.open()
        let hasCaughtUp = await untilClosing { await self.catchUp(since: listsBefore) } ?? false
        guard hasCaughtUp, !closing.isOpen, !Task.isCancelled, !term.lost.isOpen else { return nil }
        let work = makeWork(term)
        let took = time.monotonicNow() - began
        latency?.set(took.seconds)
        logger.info(
            "beginning to reconcile",
            ["term": .integer(term.number), "afterMilliseconds": .integer(took.milliseconds)])
        let group = ServiceGroup(work.orderedServices, gracePeriod: gracePeriod, logger: logger, time: time)
        do {
            try await group.runUntil { [closing] () throws(CancellationError) in try await closing.wait() }
            return nil
        } catch {
            return error
        }
    }

    /// True when every cache shows what had been written when the term began.
    private func catchUp(since listsBefore: [Int]) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            for (cache, lists) in zip(caches, listsBefore) {
                group.addTask {
                    do { try await cache.barrier(after: lists, patience: .milliseconds(100)) } catch { return false }
                    return true
                }
            }
            return await group.allSatisfy { $0 }
        }
    }

    /// What `body` gives, or nil once this is being drained and `body` has ended without a value.
    private func untilClosing<Value: Sendable>(_ body: @escaping @Sendable () async -> Value?) async -> Value? {
        await withTaskGroup(of: Value?.self) { group in
            group.addTask { await body() }
            group.addTask { [closing] in
                do { try await closing.wait() } catch { return nil }
                return nil
            }
            // What was taken at the same moment is not to be lost.
            var value: Value?
            for await end in group {
                group.cancelAll()
                value = value ?? end
            }
            return value
        }
    }
}
