package import AIOpsAPI
package import ControllerRuntime
import JSON
import KubernetesClient
package import KubernetesModel
package import Primitives
import Scheduling
package import Telemetry

/// Hands the queued tasks of a pool to its workers and keeps the pool's status.
///
/// It alone writes `status.claim`. Invariants: a claim it has written is counted against its worker until the store shows
/// a later version of the task or the task is gone, so no worker is given a second task while the cache lags behind; a
/// claim of unknown fate is written again, so no task waits for a claim that was never made.
package final class PoolReconciler: Reconciler {
    /// A claim that the store may not show yet.
    private struct Assumed {
        var pool: ObjectKey
        var grant: PoolPlanner.Grant
        /// The answer was lost, and with it whether the claim was made.
        var isUncertain = false
    }

    private struct State {
        var schedulers: [ObjectKey: TaskScheduler] = [:]
        /// By task uid.
        var assumed: [String: Assumed] = [:]

        mutating func forget(_ pool: ObjectKey) {
            schedulers.removeValue(forKey: pool)
            assumed = assumed.filter { $0.value.pool != pool }
        }

        /// A claim is written against one version: whatever comes after that version shows what became of it.
        mutating func forgetWhatIsShown(by tasks: [AIOpsTask], pool: ObjectKey) {
            let versions = Dictionary(
                tasks.map { ($0.metadata.uid, $0.metadata.resourceVersion) }, uniquingKeysWith: { first, _ in first })
            assumed = assumed.filter { uid, known in
                known.pool != pool || versions[uid] == known.grant.task.metadata.resourceVersion
            }
        }
    }

    private let tasks: Store<AIOpsTask>
    private let pools: Store<WorkerPool>
    private let names: WorkerNames
    private let executor: IntentExecutor
    private let time: any TimeSource
    private let logger: Logger
    private let state = Locked(State())

    package init(
        tasks: Store<AIOpsTask>, pools: Store<WorkerPool>, names: WorkerNames, executor: IntentExecutor,
        time: any TimeSource, logger: Logger
    ) {
        self.tasks = tasks
        self.pools = pools
        self.names = names
        self.executor = executor
        self.time = time
        self.logger = logger
    }

    package func reconcile(_ key: ObjectKey) async -> ReconcileOutcome {
        guard let pool = pools.get(key), !pool.metadata.isBeingDeleted else {
            return await takeOverWithoutPool(key)
        }
        let now = time.wallNow()
        let problems = pool.spec.validate()
        guard problems.isEmpty else {
            let message = problems.summary
            var status = pool.status
            status.record(.stalled(.invalidSpec, message), generation: pool.metadata.generation, now: now)
            return ReconcileOutcome([statusIntent(pool, status)].compactMap(\.self))
        }
        let asking = tasks.list(index: TaskReconciler.poolIndex, value: "\(key)")
        let mine = asking.filter { isServed($0, by: key) }
        let (plan, repeats) = state.withLock { state in
            state.forgetWhatIsShown(by: asking, pool: key)
            let ageing = Duration.seconds(pool.spec.effective().ageingSeconds)
            var scheduler = state.schedulers[key] ?? TaskScheduler(ageing: ageing)
            let plan = PoolPlanner(
                PoolPlanner.Input(
                    pool: pool, tasks: mine, names: names, assumed: state.assumed.mapValues(\.grant.claim),
                    now: now)
            ).plan(&scheduler)
            state.schedulers[key] = scheduler
            return (plan, state.assumed.values.filter { $0.pool == key && $0.isUncertain }.map(\.grant))
        }
        var status = plan.status
        record(pool, &status, now: now)
        let unsure = await grant(repeats, isRepeat: true, pool: pool, now: now)
        if let failure = await grant(plan.grants, isRepeat: false, pool: pool, now: now) ?? unsure {
            return ReconcileOutcome([statusIntent(pool, status)].compactMap(\.self), .retry(failure))
        }
        return ReconcileOutcome([statusIntent(pool, status)].compactMap(\.self))
    }

    /// A pool that is deleted takes no running task with it: what a dead process left behind is taken over all the
    /// same, one worker a task.
    ///
    /// Nothing that waits is started.
    ///
    /// Where another pool serves such a task as well, the version in both writes lets one of them through.
    private func takeOverWithoutPool(_ key: ObjectKey) async -> ReconcileOutcome {
        let asking = tasks.list(index: TaskReconciler.poolIndex, value: "\(key)")
        let running = asking.filter { $0.status.phase?.isRunning == true }
        guard running.contains(where: { task in task.status.claim.map { !names.isOurs($0.worker) } ?? true }) else {
            if running.isEmpty { state.withLock { $0.forget(key) } }
            return ReconcileOutcome()
        }
        var spec = WorkerPool.Spec()
        var workers = WorkerPool.Workers()
        workers.replicas = running.count
        spec.workers = workers
        spec.stopPolicy = .hold
        let standIn = WorkerPool(metadata: ObjectMeta(name: key.name, namespace: key.namespace), spec: spec)
        let now = time.wallNow()
        let grants = state.withLock { state in
            state.forgetWhatIsShown(by: asking, pool: key)
            var scheduler = TaskScheduler(ageing: .zero)
            return PoolPlanner(
                PoolPlanner.Input(
                    pool: standIn, tasks: running, names: names, assumed: state.assumed.mapValues(\.grant.claim),
                    now: now)
            ).plan(&scheduler).grants
        }
        let failure = await grant(grants, isRepeat: false, pool: standIn, now: now)
        return ReconcileOutcome([], failure.map { .retry($0) } ?? .done)
    }

    /// Whether this pool is the one the task gets: a shared pool stands back behind one of the task's own namespace.
    ///
    /// What one of our workers has is counted whatever came or went since.
    private func isServed(_ task: AIOpsTask, by key: ObjectKey) -> Bool {
        if let claim = task.status.claim, names.isOurs(claim.worker) { return true }
        return PoolReference(task, operatorNamespace: key.namespace).lookUp(in: pools).pool?.metadata.key == key
    }

    /// Writes the claims one by one; one that cannot be written does not hold up the others.
    private func grant(
        _ grants: [PoolPlanner.Grant], isRepeat: Bool, pool: WorkerPool, now: Timestamp
    ) async -> (any Error)? {
        var failure: (any Error)?
        for grant in grants {
            let uid = grant.task.metadata.uid
            // Counted before it is written: the answer may be lost although the write was made.
            state.withLock { $0.assumed[uid] = Assumed(pool: pool.metadata.key, grant: grant) }
            do {
                try await executor.execute([claimIntent(grant, pool: pool, now: now)])
                logger.info(
                    grant.isTakeOver ? "task taken over" : "task assigned",
                    [
                        "task": "\(grant.task.key)", "worker": .string(grant.claim.worker),
                        "epoch": .integer(Int(grant.claim.epoch)),
                    ])
            } catch {
                let isOvertaken = error.isConflict || error.isNotFound
                // A repeat that finds another version may find the claim itself: the store will show which.
                if isRepeat, isOvertaken { continue }
                state.withLock { state in
                    if !isRepeat, isOvertaken || error.isUserError {
                        // A refused write was not made; after anything else the claim may stand.
                        state.assumed.removeValue(forKey: uid)
                    } else {
                        state.assumed[uid]?.isUncertain = true
                    }
                }
                failure = error
            }
        }
        return failure
    }

    private func claimIntent(_ grant: PoolPlanner.Grant, pool: WorkerPool, now: Timestamp) -> Intent {
        var status = grant.task.status
        let generation = grant.task.metadata.generation
        status.claim = grant.claim
        if !grant.isTakeOver {
            status.move(to: .provisioning)
            status.queue = nil
            status.startedAt = now
            status.begin(.provisioning, now: now)
            status.mark(
                .admitted, .true, .quotaReserved, "a worker of pool \(pool.metadata.name) has it",
                generation: generation, now: now)
            status.record(.active(.provisioning, "preparing the environment"), generation: generation, now: now)
        }
        let difference =
            JSONMergePatch.diff(from: grant.task.status.jsonValue(), to: status.jsonValue()) ?? .object([:])
        return .mergePatch(
            AIOpsTask.resourceType, grant.task.key, uid: grant.task.metadata.uid,
            resourceVersion: grant.task.metadata.resourceVersion, ["status": difference], subresource: "status")
    }

    private func record(_ pool: WorkerPool, _ status: inout WorkerPool.Status, now: Timestamp) {
        let generation = pool.metadata.generation
        let effective = pool.spec.effective()
        guard case .internal = effective.backend else {
            let message = "spec.workers.backend \(effective.backend) is not served by this version; use Internal"
            status.record(.stalled(.notSupported, message), generation: generation, now: now)
            status.mark(.available, .false, .notSupported, message, generation: generation, now: now)
            return
        }
        let count = status.replicas
        if count == 0 {
            status.record(.serving(.noWorkers, "spec.workers.replicas is 0"), generation: generation, now: now)
            status.mark(.available, .false, .noWorkers, "no workers wanted", generation: generation, now: now)
        } else {
            status.record(.serving(.workersReady, "\(count) workers"), generation: generation, now: now)
            status.mark(.available, .true, .workersReady, "\(count) workers ready", generation: generation, now: now)
        }
    }

    private func statusIntent(_ pool: WorkerPool, _ status: WorkerPool.Status) -> Intent? {
        guard status != pool.status,
            let difference = JSONMergePatch.diff(from: pool.status.jsonValue(), to: status.jsonValue())
        else { return nil }
        return .mergePatch(
            WorkerPool.resourceType, pool.key, uid: pool.metadata.uid,
            resourceVersion: pool.metadata.resourceVersion, ["status": difference], subresource: "status")
    }
}
