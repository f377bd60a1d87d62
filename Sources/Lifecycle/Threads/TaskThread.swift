internal import CLinux
internal import Glibc
package import Primitives

/// A thread of its own that runs tasks and keeps time for them.
///
/// For the little that must go on while the cooperative pool is busy or blocked: a task that prefers this executor is
/// resumed here, and sleeps by this thread's own timer (`Task.sleep` would be woken by a job on the pool). Its clock runs on
/// while the machine is suspended.
///
/// Invariants: jobs run one at a time, in the order they came; a sleeper is resumed exactly once, not before its time unless
/// its task is cancelled; once the thread has ended, jobs go to the pool, so that none is lost.
package final class TaskThread: TaskExecutor, TimeSource {
    private struct Sleeper {
        var due: Duration
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var jobs: [UnownedJob] = []
        var sleepers: [UInt64: Sleeper] = [:]
        var lastSleeper: UInt64 = 0
        var isStopping = false
        var hasEnded = false

        mutating func takeDue(at now: Duration) -> [Sleeper] {
            let due = sleepers.filter { $0.value.due <= now }
            for id in due.keys { sleepers[id] = nil }
            return due.sorted { ($0.value.due, $0.key) < ($1.value.due, $1.key) }.map(\.value)
        }
    }

    private let name: String
    private let clock = SystemTimeSource()
    private let state = Locked(State())
    private let wakeup: Int32
    private let timer: Int32
    private let epoll: Int32

    private init(name: String) throws(PlatformThread.Failure) {
        self.name = name
        wakeup = aiops_eventfd()
        timer = aiops_timer()
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard wakeup >= 0, timer >= 0, epoll >= 0,
            aiops_epoll_control(epoll, EPOLL_CTL_ADD, wakeup, aiops_epoll_in, 0) == 0,
            aiops_epoll_control(epoll, EPOLL_CTL_ADD, timer, aiops_epoll_in, 1) == 0
        else { throw PlatformThread.Failure(code: errno) }
    }

    deinit {
        for descriptor in [wakeup, timer, epoll] where descriptor >= 0 { close(descriptor) }
    }

    /// Runs `body`, with all child tasks it makes, on a new thread that ends with it.
    ///
    /// What comes before the first suspension still runs where the caller was: a preference moves nothing before it. The
    /// kernel keeps 15 bytes of the name.
    package static func run<Value: Sendable>(
        name: String, _ body: @Sendable (TaskThread) async throws -> Value
    ) async throws -> Value {
        let thread = try TaskThread(name: name)
        try PlatformThread.spawn(name: name) { thread.turn() }
        defer { thread.stop() }
        return try await withTaskExecutorPreference(thread) { try await body(thread) }
    }

    // MARK: Executor

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isTaken = state.withLock { state in
            guard !state.hasEnded else { return false }
            state.jobs.append(job)
            return true
        }
        if isTaken { eventfd_write(wakeup, 1) } else { globalConcurrentExecutor.enqueue(job) }
    }

    // MARK: Time

    package func wallNow() -> Timestamp { clock.wallNow() }

    package func monotonicNow() -> Duration { clock.monotonicNow() }

    package func sleep(for duration: Duration) async throws(CancellationError) {
        guard !Task.isCancelled else { throw CancellationError() }
        guard duration > .zero else { return }
        let due = clock.monotonicNow() + min(duration, SystemTimeSource.longestSleep)
        let id = state.withLock { state in
            state.lastSleeper += 1
            return state.lastSleeper
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
                let isAsleep = state.withLock { state in
                    // Cancelled before this point, the handler found nobody to wake.
                    guard !Task.isCancelled, !state.hasEnded else { return false }
                    state.sleepers[id] = Sleeper(due: due, continuation: continuation)
                    return true
                }
                // The thread sets its timer before it waits; a sleeper from elsewhere has to make it look again.
                if isAsleep { eventfd_write(wakeup, 1) } else { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: id) }?.continuation.resume()
        }
        if Task.isCancelled { throw CancellationError() }
    }

    // MARK: The thread

    private func stop() {
        state.withLock { $0.isStopping = true }
        eventfd_write(wakeup, 1)
    }

    private func turn() {
        var tokens = [UInt64](repeating: 0, count: Int(AIOPS_EPOLL_BATCH))
        var events = [UInt32](repeating: 0, count: Int(AIOPS_EPOLL_BATCH))
        while true {
            let (jobs, due, next, hasEnded) = state.withLock { state in
                let jobs = state.jobs
                state.jobs = []
                let due = state.takeDue(at: clock.monotonicNow())
                state.hasEnded = state.isStopping && jobs.isEmpty && due.isEmpty
                return (jobs, due, state.sleepers.values.map(\.due).min(), state.hasEnded)
            }
            for sleeper in due { sleeper.continuation.resume() }
            for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
            guard jobs.isEmpty, due.isEmpty else { continue }
            if hasEnded { break }
            let (seconds, attoseconds) = (next ?? .zero).components
            aiops_set_timer(timer, seconds, attoseconds / 1_000_000_000)
            aiops_epoll_wait(epoll, &tokens, &events, -1)
            aiops_empty(wakeup)
            aiops_empty(timer)
        }
        for sleeper in state.withLock({ state in
            defer { state.sleepers = [:] }
            return Array(state.sleepers.values)
        }) { sleeper.continuation.resume() }
    }
}
