package import AIOpsAPI
import ControllerRuntime
import KubernetesModel
package import Primitives
package import Scheduling

/// Decides which task goes to which worker of one pool, and what the pool's status says.
///
/// Pure.
///
/// Invariants: no worker gets more tasks than it may hold, counting the claims that are written but not yet seen in the
/// store (`assumed`); a task that another process left behind comes before new ones, since its environment exists; each
/// claim's epoch is one higher than the one before.
package struct PoolPlanner: Sendable {
    package struct Input: Sendable {
        package var pool: WorkerPool
        /// Every task that asks for this pool.
        package var tasks: [AIOpsTask]
        package var names: WorkerNames
        /// Claims written by this process that the store may not show yet, by task uid.
        package var assumed: [String: AIOpsTask.Claim]
        package var now: Timestamp

        package init(
            pool: WorkerPool, tasks: [AIOpsTask], names: WorkerNames, assumed: [String: AIOpsTask.Claim],
            now: Timestamp
        ) {
            self.pool = pool
            self.tasks = tasks
            self.names = names
            self.assumed = assumed
            self.now = now
        }
    }

    package struct Grant: Sendable {
        package var task: AIOpsTask
        package var claim: AIOpsTask.Claim
        /// True when the task was running under another owner.
        package var isTakeOver: Bool
    }

    package struct Plan: Sendable {
        package var grants: [Grant]
        package var status: WorkerPool.Status
    }

    private let input: Input

    package init(_ input: Input) { self.input = input }

    package func plan(_ scheduler: inout TaskScheduler) -> Plan {
        let workers = input.names.names(pool: input.pool.metadata.key, replicas: input.pool.spec.effective().replicas)
        let perWorker = max(1, input.pool.spec.effective().maxTasksPerWorker)
        var load = Dictionary(uniqueKeysWithValues: workers.map { ($0, [String]()) })
        for task in input.tasks {
            guard let claim = currentClaim(of: task), load[claim.worker] != nil else { continue }
            load[claim.worker, default: []].append(task.metadata.name)
        }
        let capacities = workers.map { WorkerCapacity(name: $0, freeSlots: perWorker - (load[$0]?.count ?? 0)) }
        var byUID: [String: AIOpsTask] = [:]
        for task in input.tasks { byUID[task.metadata.uid] = task }

        // A left-behind task goes before everything that has not begun.
        var leftBehind = TaskScheduler(ageing: .zero)
        let orphans = input.tasks.filter(isOrphan)
        let takeOvers = leftBehind.plan(
            entries: orphans.map(entry), workers: capacities, now: sinceEpoch(input.now))
        var used: [String: Int] = [:]
        for assignment in takeOvers.assignments { used[assignment.worker, default: 0] += 1 }
        let rest = capacities.map { WorkerCapacity(name: $0.name, freeSlots: $0.freeSlots - (used[$0.name] ?? 0)) }
        let waiting = input.tasks.filter(isWaiting)
        let fresh =
            isHolding
            ? SchedulingPlan(assignments: [], positions: [:])
            : scheduler.plan(entries: waiting.map(entry), workers: rest, now: sinceEpoch(input.now))

        var grants: [Grant] = []
        for (plan, isTakeOver) in [(takeOvers, true), (fresh, false)] {
            for assignment in plan.assignments {
                guard let task = byUID[assignment.key] else { continue }
                var claim = AIOpsTask.Claim()
                claim.worker = assignment.worker
                claim.epoch = (task.status.claim?.epoch ?? 0) + 1
                claim.since = input.now
                grants.append(Grant(task: task, claim: claim, isTakeOver: isTakeOver))
                load[assignment.worker, default: []].append(task.metadata.name)
            }
        }
        let granted = Set(grants.map(\.task.metadata.uid))
        let stillWaiting = (orphans + waiting).filter { !granted.contains($0.metadata.uid) }
        return Plan(grants: grants, status: status(workers: workers, load: load, waiting: stillWaiting))
    }

    /// The claim in force: what the store shows, or a newer one that we wrote.
    private func currentClaim(of task: AIOpsTask) -> AIOpsTask.Claim? {
        if let assumed = input.assumed[task.metadata.uid], assumed.epoch > task.status.claim?.epoch ?? 0 {
            return assumed
        }
        return task.status.phase?.isRunning == true ? task.status.claim : nil
    }

    private var isHolding: Bool {
        // Workers of other backends are not ours to fill.
        guard case .internal = input.pool.spec.effective().backend else { return true }
        switch input.pool.spec.stopPolicy {
        case .hold, .holdAndDrain: return true
        default: return false
        }
    }

    private func isWaiting(_ task: AIOpsTask) -> Bool {
        task.status.phase == .queued && !task.metadata.isBeingDeleted && task.spec.suspend != true
            && task.spec.cancel == nil && Finalizer.environment.isOn(task.metadata)
            && currentClaim(of: task) == nil
    }

    private func isOrphan(_ task: AIOpsTask) -> Bool {
        guard task.status.phase?.isRunning == true, !task.metadata.isBeingDeleted else { return false }
        guard let claim = currentClaim(of: task) else { return true }
        return !input.names.isOurs(claim.worker)
    }

    private func entry(_ task: AIOpsTask) -> QueuedEntry {
        QueuedEntry(
            key: task.metadata.uid, namespace: task.metadata.namespace ?? "", priority: task.spec.priority ?? 3,
            since: sinceEpoch(task.status.queue?.since ?? task.metadata.creationTimestamp ?? input.now))
    }

    private func sinceEpoch(_ timestamp: Timestamp) -> Duration { .microseconds(timestamp.microseconds) }

    private func status(workers: [String], load: [String: [String]], waiting: [AIOpsTask]) -> WorkerPool.Status {
        var status = input.pool.status
        status.observedGeneration = input.pool.metadata.generation
        let ended = Dictionary(grouping: input.tasks.filter { $0.status.phase?.isTerminal == true }) {
            $0.status.claim?.worker ?? ""
        }
        status.workers = workers.map { name in
            var worker = WorkerPool.WorkerStatus()
            worker.name = name
            worker.tasks = (load[name] ?? []).sorted()
            worker.state = worker.tasks.isEmpty ? .idle : .busy
            worker.circuit = .closed
            worker.completed = Int64((ended[name] ?? []).count { $0.status.phase == .succeeded })
            worker.failed = Int64((ended[name] ?? []).count { $0.status.phase == .failed })
            return worker
        }
        status.replicas = workers.count
        status.selector = "aiops.dev/pool=\(input.pool.metadata.name)"
        status.ready = workers.count
        status.busy = status.workers.count { $0.state == .busy }
        status.idle = status.workers.count { $0.state == .idle }
        status.circuit = .closed
        var queue = WorkerPool.QueueStatus()
        queue.total = waiting.count
        queue.byPriority = Dictionary(grouping: waiting) { $0.spec.priority ?? 3 }.sorted { $0.key > $1.key }.map {
            var count = WorkerPool.PriorityCount()
            count.priority = $0.key
            count.count = $0.value.count
            return count
        }
        status.queue = queue
        return status
    }
}
