import AIOpsAPI
import ControllerRuntime
import KubernetesModel
import Primitives
import Scheduling

/// What one task is to its pool.
enum TaskStanding: Sendable, Hashable {
    /// Nothing, for now: not queued yet, held back by its owner, or on its way out.
    case apart
    case waiting(QueuedEntry)
    /// Its environment exists and its worker does not.
    case leftBehind(QueuedEntry)
    case held(by: String)
    case ended(on: String, succeeded: Bool)

    /// What follows from the task as it is, from a claim we wrote that it may not show yet, and from the pool it belongs to,
    /// where there is one.
    init(_ task: AIOpsTask, assumed: AIOpsTask.Claim?, pool: WorkerPool?, names: WorkerNames) {
        let phase = task.status.phase ?? .pending
        if let assumed, assumed.epoch > task.status.claim?.epoch ?? 0 {
            self = .held(by: assumed.worker)
        } else if phase.isRunning {
            if let claim = task.status.claim, names.isOurs(claim.worker) {
                self = .held(by: claim.worker)
            } else {
                self = task.metadata.isBeingDeleted ? .apart : .leftBehind(QueuedEntry(task, pool: pool))
            }
        } else if phase == .queued {
            self = task.mayStart ? .waiting(QueuedEntry(task, pool: pool)) : .apart
        } else if let claim = task.status.claim, names.isOurs(claim.worker), phase == .succeeded || phase == .failed {
            self = .ended(on: claim.worker, succeeded: phase == .succeeded)
        } else {
            self = .apart
        }
    }
}

extension QueuedEntry {
    init(_ task: AIOpsTask, pool: WorkerPool?) {
        // Without fairness all namespaces are one.
        let takesTurns = pool?.spec.queue?.fairness != .arrival
        let since = task.status.queue?.since ?? task.metadata.creationTimestamp
        self.init(
            key: task.metadata.uid, namespace: takesTurns ? task.metadata.namespace ?? "" : "",
            priority: task.spec.priority ?? task.spec.route(of: pool?.spec, labels: task.metadata.labels)?.priority
                ?? 3,
            since: .microseconds(since?.microseconds ?? 0))
    }
}

extension AIOpsTask {
    /// Whether a worker may have it now: nothing is made for a task without the finalizer.
    fileprivate var mayStart: Bool {
        !metadata.isBeingDeleted && spec.suspend != true && spec.cancel == nil && Finalizer.environment.isOn(metadata)
    }
}
