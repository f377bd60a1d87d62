package import Primitives

/// One thread, one clock and one seed, on which a whole operator runs: the same seed gives the same run.
///
/// It is the executor of every task below the one started with ``start(_:)``, the clock all of them read, and the list
/// of what is to happen outside of them (a request that arrives, a watch event that is delivered). Invariants
/// - time moves only when no job is ready, and then to the next thing that is due;
/// - with a seed, chance alone says which of the ready jobs is next; without one they run in the order they came;
/// - whatever is due at one moment happens in the order in which it was asked for;
/// - nothing here looks at the machine: no clock, no address, no hash.
///
/// Actors of the product follow their caller's executor (SE-0417), so nothing may be started outside of it: `Task {}` or
/// an executor of its own would run beside the simulation, and the second run of a seed would differ.
package final class Simulator: TaskExecutor, TimeSource {
    /// How a run came to its end.
    package enum Ending: Sendable, Hashable {
        case done
        /// Nobody is ready and nothing will ever happen.
        case stuck
        /// The time allowed was over.
        case overdue
        /// So many jobs ran at one moment that time will not move again.
        case spinning
    }

    /// More than any moment of a sane run needs, little enough to end a run that never lets time pass.
    private static let jobsPerMoment = 200_000

    private struct State {
        var ready = ReadyJobs()
        var agenda = Agenda()
        var now: Duration = .zero
        var random: SeededGenerator?
        var jobs = 0
    }

    private let epoch: Timestamp
    private let state: Locked<State>

    /// Nil for the seed: first in, first out.
    package init(seed: UInt64? = nil, epoch: Timestamp = Timestamp(seconds: 1_800_000_000)) {
        self.epoch = epoch
        var state = State()
        state.random = seed.map { SeededGenerator(seed: $0) }
        self.state = Locked(state)
    }

    // MARK: Time

    package func wallNow() -> Timestamp { epoch + monotonicNow() }

    package func monotonicNow() -> Duration { state.withLock { $0.now } }

    /// Jobs run so far: part of a trace, and a measure of work.
    package var jobsRun: Int { state.withLock { $0.jobs } }

    package func sleep(for duration: Duration) async throws(CancellationError) {
        guard !Task.isCancelled else { throw CancellationError() }
        guard duration > .zero else { return }
        let ticket = state.withLock { $0.agenda.reserve() }
        let isOver = await withTaskCancellationHandler {
            await withUnsafeContinuation { (sleeper: UnsafeContinuation<Bool, Never>) in
                // Cancellation before this point found nobody to wake, so it is asked for here.
                guard !Task.isCancelled else { return sleeper.resume(returning: false) }
                state.withLock { $0.agenda.add(ticket, at: $0.now + duration, .wake(sleeper)) }
            }
        } onCancel: {
            if case .wake(let sleeper) = state.withLock({ $0.agenda.remove(ticket) }) {
                sleeper.resume(returning: false)
            }
        }
        guard isOver else { throw CancellationError() }
    }

    /// Puts something on the agenda; it happens on the simulation's thread, between two jobs.
    package func schedule(after delay: Duration, _ action: @escaping @Sendable () -> Void) {
        state.withLock { state in
            let ticket = state.agenda.reserve()
            state.agenda.add(ticket, at: state.now + max(delay, .zero), .run(action))
        }
    }

    /// Sets the clock where a run that is continued from a saved state left off.
    ///
    /// Only before anything has been started.
    package func resume(at moment: Duration) {
        state.withLock { $0.now = moment }
    }

    // MARK: Jobs

    package func enqueue(_ job: consuming ExecutorJob) {
        let unowned = UnownedJob(job)
        state.withLock { $0.ready.append(unowned) }
    }

    /// Starts a task whose whole tree runs here; nothing of it happens before ``run(atMost:until:)``.
    package func start(_ body: @escaping @Sendable () async -> Void) -> SimulatedTask {
        SimulatedTask(body, on: self)
    }

    /// Runs everything until `isDone` at a moment when no job is ready.
    ///
    /// The limit is of virtual time, from now on.
    package func run(atMost limit: Duration, until isDone: () -> Bool) -> Ending {
        let end = monotonicNow() + limit
        while true {
            guard runReadyJobs() else { return .spinning }
            if isDone() { return .done }
            switch state.withLock({ Self.next(&$0, before: end) }) {
            case .nothing: return .stuck
            case .late: return .overdue
            case .due(.wake(let sleeper)): sleeper.resume(returning: true)
            case .due(.run(let action)): action()
            }
        }
    }

    /// Runs what is ready now, without letting time pass.
    ///
    /// - Returns: false when it does not come to an end.
    @discardableResult
    package func runReadyJobs() -> Bool {
        var count = 0
        while let job = state.withLock({ Self.nextJob(&$0) }) {
            job.runSynchronously(on: asUnownedTaskExecutor())
            count += 1
            guard count < Self.jobsPerMoment else { return false }
        }
        return true
    }

    private static func nextJob(_ state: inout State) -> UnownedJob? {
        guard let job = state.ready.popNext(&state.random) else { return nil }
        state.jobs += 1
        return job
    }

    private enum Next {
        case due(Agenda.Action)
        case late, nothing
    }

    private static func next(_ state: inout State, before end: Duration) -> Next {
        guard let moment = state.agenda.nextMoment else { return .nothing }
        guard moment <= end, let action = state.agenda.popFirst() else {
            state.now = max(state.now, end)
            return .late
        }
        state.now = max(state.now, moment)
        return .due(action)
    }
}
