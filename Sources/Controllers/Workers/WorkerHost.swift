package import AIOpsAPI
import ControllerRuntime
package import KubernetesModel
import Lifecycle
package import Primitives
package import Telemetry

/// The workers inside the manager process: runs the tasks whose claims name them.
///
/// Invariants: at most one run per task uid and at most `capacity` in all; a run starts only for a claim that names this session, and a claim whose run
/// has written its end is never run again, however long the cache goes on showing it; when `run()` returns no run is left.
/// Nothing is kept here that a restart would miss: which task is whose stands in `status.claim`. Before it is stopped it can be
/// drained: agents end the step in hand, for `lastStep` at most, since a reply that nobody records is paid twice.
package final class WorkerHost: Lifecycle.Service, Drainable {
    /// About as long as a reply takes, and well within the grace period of a pod.
    package static let lastStep = Duration.seconds(15)
    private static let look = Duration.milliseconds(50)

    package let name = "workers"
    package let workers: WorkerNames
    private let capacity: Int
    private let execute: @Sendable (AIOpsTask, RunControl) async -> Bool
    private let time: any TimeSource
    private let finished: @Sendable (ObjectKey) async -> Void
    private let logger: Logger
    private let state = Locked(State())
    private let draining = Latch()
    private let drained = Latch()
    private let starts: AsyncStream<Start>
    private let starter: AsyncStream<Start>.Continuation

    private struct Start: Sendable {
        var task: AIOpsTask
        var control: RunControl
    }

    private struct Running {
        var claim: AIOpsTask.Claim
        var control: RunControl
    }

    /// A claim whose run is over.
    private struct Past {
        var epoch: Int64
        /// Nil when the end was written; else when to try again.
        var notBefore: Duration?
        var failures: Int
    }

    private struct State {
        var runs: [String: Running] = [:]
        /// By task, and by uid below: a name may have changed hands while its old run was ending.
        var past: [ObjectKey: [String: Past]] = [:]
        var isRunning = false
    }

    /// Runs at most `capacity` tasks at once; `execute` runs one, and says whether it has written its end; `finished` is
    /// told its key afterwards, so that the task is looked at again.
    package init(
        workers: WorkerNames, capacity: Int, time: any TimeSource, logger: Logger,
        execute: @escaping @Sendable (AIOpsTask, RunControl) async -> Bool,
        finished: @escaping @Sendable (ObjectKey) async -> Void
    ) {
        self.workers = workers
        self.capacity = max(1, capacity)
        self.time = time
        self.logger = logger
        self.execute = execute
        self.finished = finished
        (starts, starter) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(self.capacity))
    }

    package func isRunning(uid: String) -> Bool {
        state.withLock { $0.runs[uid] != nil }
    }

    /// Starts the run of a task that is claimed for this session, unless it is under way or over; abandons one whose
    /// claim moved.
    ///
    /// - Returns: how long to wait before looking again, when a run has to be tried again later.
    package func look(at task: AIOpsTask) -> Duration? {
        let uid = task.metadata.uid
        guard let claim = task.status.claim else { return nil }
        let now = time.monotonicNow()
        let (control, wait) = state.withLock { state -> (RunControl?, Duration?) in
            if let running = state.runs[uid] {
                if running.claim.epoch < claim.epoch { running.control.ask(.abandon) }
                return (nil, nil)
            }
            guard workers.isOurs(claim.worker), task.status.phase?.isRunning == true,
                task.metadata.deletionTimestamp == nil
            else { return (nil, nil) }
            if let past = state.past[task.key]?[uid], past.epoch >= claim.epoch {
                guard let notBefore = past.notBefore else { return (nil, nil) }
                if notBefore > now { return (nil, notBefore - now) }
            }
            // A run that has started leaves the stream, so the stream's bound alone would not hold.
            guard state.runs.count < capacity else { return (nil, .seconds(1)) }
            let control = RunControl()
            if draining.isOpen { control.pause() }
            // Asked for before this run began: by the time anybody asks again it might be over.
            if let cancel = task.spec.cancel { control.ask(RunControl.Request(cancel)) }
            state.runs[uid] = Running(claim: claim, control: control)
            return (control, nil)
        }
        guard let control else { return wait }
        if case .enqueued = starter.yield(Start(task: task, control: control)) { return nil }
        logger.error("worker host is full; the claim is started later", ["task": "\(task.metadata.name)"])
        state.withLock { _ = $0.runs.removeValue(forKey: uid) }
        return .seconds(1)
    }

    /// Forgets what is known of the tasks of this name, but for the one with this uid.
    package func forget(_ key: ObjectKey, but uid: String? = nil) {
        state.withLock { state in
            let kept = state.past[key]?.filter { $0.key == uid }
            state.past[key] = kept?.isEmpty == true ? nil : kept
        }
    }

    /// How many runs that are over are remembered.
    package var remembered: Int { state.withLock { $0.past.values.reduce(0) { $0 + $1.count } } }

    /// Passes a request on to the run of this task, if there is one.
    package func ask(_ request: RunControl.Request, uid: String) {
        state.withLock { $0.runs[uid]?.control }?.ask(request)
    }

    package func run() async throws {
        state.withLock { $0.isRunning = true }
        defer {
            state.withLock { $0.isRunning = false }
            drained.open()
        }
        await withDiscardingTaskGroup { group in
            group.addTask { await self.awaitLastSteps() }
            for await start in starts {
                group.addTask { await self.perform(start) }
            }
        }
    }

    /// Lets agents end the step in hand; every other stage is entered again by whoever goes on, and is not waited for.
    package func drain() async {
        draining.open()
        let isRunning = state.withLock { state in
            for run in state.runs.values { run.control.pause() }
            return state.isRunning
        }
        if isRunning { await drained.waitToTheEnd() }
    }

    private func awaitLastSteps() async {
        defer { drained.open() }
        do {
            try await draining.wait()
            let end = time.monotonicNow() + Self.lastStep
            while state.withLock({ $0.runs.values.contains { $0.control.isAtWork } }), time.monotonicNow() < end {
                try await time.sleep(for: Self.look)
            }
        } catch { return }
    }

    private func perform(_ start: Start) async {
        let (key, uid) = (start.task.key, start.task.metadata.uid)
        let hasEnded = await execute(start.task, start.control)
        let now = time.monotonicNow()
        state.withLock { state in
            guard let running = state.runs.removeValue(forKey: uid) else { return }
            let failures = hasEnded ? 0 : (state.past[key]?[uid]?.failures ?? 0) + 1
            state.past[key, default: [:]][uid] = Past(
                epoch: running.claim.epoch,
                notBefore: hasEnded ? nil : now + .seconds(min(30, 1 << min(failures - 1, 5))), failures: failures)
        }
        await finished(key)
    }
}
