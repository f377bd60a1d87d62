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
/// It alone writes `status.claim`. Invariant: a claim it has written is counted against its worker until the store shows
/// it or the task is gone, so no worker is given a second task while the cache lags behind.
package final class PoolReconciler: Reconciler {
    private struct State {
        var schedulers: [ObjectKey: TaskScheduler] = [:]
        var assumed: [String: AIOpsTask.Claim] = [:]
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
            state.withLock { _ = $0.schedulers.removeValue(forKey: key) }
            return ReconcileOutcome()
        }
        let now = time.wallNow()
        let problems = pool.spec.validate()
        guard problems.isEmpty else {
            let message = problems.summary
            var status = pool.status
            status.record(.stalled(.invalidSpec, message), generation: pool.metadata.generation, now: now)
            return ReconcileOutcome([statusIntent(pool, status)].compactMap(\.self))
        }
        let mine = tasks.list(index: TaskReconciler.poolIndex, value: "\(key)")
        let plan = state.withLock { state in
            for task in mine {
                guard let assumed = state.assumed[task.metadata.uid] else { continue }
                if (task.status.claim?.epoch ?? 0) >= assumed.epoch || task.status.isFinished {
                    state.assumed.removeValue(forKey: task.metadata.uid)
                }
            }
            let ageing = Duration.seconds(pool.spec.effective().ageingSeconds)
            var scheduler = state.schedulers[key] ?? TaskScheduler(ageing: ageing)
            let plan = PoolPlanner(
                PoolPlanner.Input(pool: pool, tasks: mine, names: names, assumed: state.assumed, now: now)
            ).plan(&scheduler)
            state.schedulers[key] = scheduler
            return plan
        }
        var status = plan.status
        record(pool, &status, now: now)
        if let failure = await grant(plan.grants, pool: pool, now: now) {
            return ReconcileOutcome([statusIntent(pool, status)].compactMap(\.self), .retry(failure))
        }
        return ReconcileOutcome([statusIntent(pool, status)].compactMap(\.self))
    }

    /// Writes the claims one by one; one that cannot be written does not hold up the others.
    private func grant(_ grants: [PoolPlanner.Grant], pool: WorkerPool, now: Timestamp) async -> (any Error)? {
        var failure: (any Error)?
        for grant in grants {
            let uid = grant.task.metadata.uid
            // Counted before it is written: the answer may be lost although the write was made.
            state.withLock { $0.assumed[uid] = grant.claim }
            do {
                try await executor.execute([claimIntent(grant, pool: pool, now: now)])
                logger.info(
                    grant.isTakeOver ? "task taken over" : "task assigned",
                    [
                        "task": "\(grant.task.key)", "worker": .string(grant.claim.worker),
                        "epoch": .integer(Int(grant.claim.epoch)),
                    ])
            } catch {
                // A refused write was not made; after anything else the claim may stand.
                if error.isConflict || error.isNotFound {
                    state.withLock { _ = $0.assumed.removeValue(forKey: uid) }
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
