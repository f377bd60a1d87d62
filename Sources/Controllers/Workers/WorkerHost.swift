package import AIOpsAPI
package import KubernetesModel
import Lifecycle
import Primitives
package import Telemetry

/// The workers inside the manager process: runs the tasks whose claims name them.
///
/// Invariants: at most one run per task uid; a run starts only for a claim that names this session; when `run()` returns
/// no run is left. Nothing is kept here that a restart would miss: which task is whose stands in `status.claim`.
package final class WorkerHost: Lifecycle.Service {
    package let name = "workers"
    package let workers: WorkerNames
    private let execute: @Sendable (AIOpsTask, RunControl) async -> Void
    private let finished: @Sendable (ObjectKey) async -> Void
    private let logger: Logger
    private let state = Locked(State())
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

    private struct State {
        var runs: [String: Running] = [:]
        var isStopping = false
    }

    /// Runs at most `capacity` tasks at once; `execute` runs one to its end and writes its outcome itself, and `finished`
    /// is told its key afterwards, so that the task is looked at again.
    package init(
        workers: WorkerNames, capacity: Int, logger: Logger,
        execute: @escaping @Sendable (AIOpsTask, RunControl) async -> Void,
        finished: @escaping @Sendable (ObjectKey) async -> Void
    ) {
        self.workers = workers
        self.logger = logger
        self.execute = execute
        self.finished = finished
        (starts, starter) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(max(1, capacity)))
    }

    package func isRunning(uid: String) -> Bool {
        state.withLock { $0.runs[uid] != nil }
    }

    /// Starts the run of a task that is claimed for this session, unless it is under way; abandons one whose claim moved.
    package func look(at task: AIOpsTask) {
        let uid = task.metadata.uid
        guard let claim = task.status.claim else { return }
        let control = state.withLock { state -> RunControl? in
            if let running = state.runs[uid] {
                if running.claim.epoch < claim.epoch { running.control.ask(.abandon) }
                return nil
            }
            guard !state.isStopping, workers.isOurs(claim.worker), task.status.phase?.isRunning == true,
                task.metadata.deletionTimestamp == nil
            else { return nil }
            let control = RunControl()
            state.runs[uid] = Running(claim: claim, control: control)
            return control
        }
        guard let control else { return }
        if case .enqueued = starter.yield(Start(task: task, control: control)) { return }
        logger.error("worker host is full; the claim is started later", ["task": "\(task.metadata.name)"])
        state.withLock { _ = $0.runs.removeValue(forKey: uid) }
    }

    /// Passes a request on to the run of this task, if there is one.
    package func ask(_ request: RunControl.Request, uid: String) {
        state.withLock { $0.runs[uid]?.control }?.ask(request)
    }

    package func run() async throws {
        await withDiscardingTaskGroup { group in
            for await start in starts {
                group.addTask { await self.perform(start) }
            }
        }
    }

    private func perform(_ start: Start) async {
        await execute(start.task, start.control)
        state.withLock { _ = $0.runs.removeValue(forKey: start.task.metadata.uid) }
        await finished(ObjectKey(namespace: start.task.metadata.namespace ?? "", name: start.task.metadata.name))
    }
}
