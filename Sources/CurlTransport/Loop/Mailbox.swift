internal import CLinux
internal import Glibc
internal import Primitives

/// Commands on their way from tasks to the loop thread, and the jobs of tasks that run there.
///
/// Invariants: commands and jobs are each taken in the order they were posted; after `close` none is accepted, nor a job
/// before `open`; the eventfd is signalled by the first of them after the loop has said that it is about to wait.
final class Mailbox: Sendable {
    private struct State {
        var commands: [LoopCommand] = []
        var jobs: [UnownedJob] = []
        /// The loop runs, so that somebody will take jobs.
        var isOpen = false
        var isClosed = false
        /// The loop waits in the kernel, or is about to.
        var isAsleep = false
        /// When the loop was last known to have turned, while there is something that it has not taken.
        var waitingSince: Duration?

        var isEmpty: Bool { commands.isEmpty && jobs.isEmpty }
    }

    /// Readable when there is something to take; -1 when the system refused one.
    let descriptor: Int32
    private let state = Locked(State())
    private let time: any TimeSource

    init(time: any TimeSource = SystemTimeSource()) {
        self.time = time
        descriptor = aiops_eventfd()
    }

    deinit {
        if descriptor >= 0 { Glibc.close(descriptor) }
    }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Whether the command was accepted.
    @discardableResult
    func post(_ command: LoopCommand) -> Bool {
        let (isAccepted, wakes) = state.withLock { state in
            guard !state.isClosed else { return (false, false) }
            if state.isEmpty { state.waitingSince = time.monotonicNow() }
            state.commands.append(command)
            defer { state.isAsleep = false }
            return (true, state.isAsleep)
        }
        if wakes { eventfd_write(descriptor, 1) }
        return isAccepted
    }

    /// Whether the job was accepted; if not, it belongs elsewhere.
    func post(_ job: UnownedJob) -> Bool {
        let (isAccepted, wakes) = state.withLock { state in
            guard state.isOpen, !state.isClosed else { return (false, false) }
            if state.isEmpty { state.waitingSince = time.monotonicNow() }
            state.jobs.append(job)
            defer { state.isAsleep = false }
            return (true, state.isAsleep)
        }
        if wakes { eventfd_write(descriptor, 1) }
        return isAccepted
    }

    /// From now on jobs are taken.
    func open() {
        state.withLock { state in
            state.isOpen = true
            // Commands may have been posted long before the loop was to run.
            if !state.isEmpty { state.waitingSince = time.monotonicNow() }
        }
    }

    /// For how long the loop has taken nothing, although there is something to take; zero before it runs.
    var delay: Duration {
        state.withLock { state in
            guard state.isOpen, !state.isClosed, let since = state.waitingSince else { return .zero }
            return time.monotonicNow() - since
        }
    }

    /// Whether the loop may wait until the eventfd is readable: nothing has been posted since it took what there was.
    func prepareToSleep() -> Bool {
        state.withLock { state in
            state.isAsleep = state.commands.isEmpty && state.jobs.isEmpty
            return state.isAsleep
        }
    }

    /// The loop has stopped waiting and will take what is posted: nobody need wake it.
    func wakeUp() { state.withLock { $0.isAsleep = false } }

    /// Makes the eventfd unreadable again.
    func clearSignal() {
        var count: eventfd_t = 0
        eventfd_read(descriptor, &count)
    }

    func take() -> [LoopCommand] {
        state.withLock { state in
            guard !state.commands.isEmpty else { return [] }
            defer {
                state.commands = []
                state.waitingSince = state.isEmpty ? nil : time.monotonicNow()
            }
            return state.commands
        }
    }

    /// The `most` that came first.
    func takeJobs(_ most: Int) -> [UnownedJob] {
        state.withLock { state in
            guard !state.jobs.isEmpty else { return [] }
            defer { state.waitingSince = state.isEmpty ? nil : time.monotonicNow() }
            guard state.jobs.count > most else {
                defer { state.jobs = [] }
                return state.jobs
            }
            defer { state.jobs.removeFirst(most) }
            return Array(state.jobs.prefix(most))
        }
    }

    /// Refuses further commands and jobs, and returns the commands nobody has taken; jobs are still to be taken.
    func close() -> [LoopCommand] {
        state.withLock { state in
            state.isClosed = true
            defer { state.commands = [] }
            return state.commands
        }
    }
}
