package import AIOpsAPI
package import ControllerRuntime
package import Environments
import KubernetesClient
package import KubernetesModel
package import Primitives
package import Telemetry

/// Hands the queued tasks of a pool to its workers and keeps the pool's status.
///
/// It alone writes `status.claim`. Invariants: a claim it has written is counted against its worker until the store shows
/// a later version of the task or the task is gone, so no worker is given a second task while the cache lags behind; a
/// claim of unknown fate is written again, so no task waits for a claim that was never made; figures of the queue and of
/// environments alone are written at most once each `queueInterval`, or a pool would be written for each task that joins.
package final class PoolReconciler: Reconciler {
    package static let queueInterval = Duration.seconds(1)
    /// When to look again for room in a process that is full.
    package static let roomInterval = Duration.seconds(1)

    private let pools: Store<WorkerPool>
    private let ledger: PoolLedger
    private let executor: IntentExecutor
    private let gate: WriteGate?
    private let podSecurity: PodSecurityProbe
    private let network: NetworkIsolation
    private let kind: KindHost?
    private let traffic: ModelTraffic
    private let time: any TimeSource
    private let logger: Logger
    private let redact: @Sendable (String) -> String
    /// When the status of each pool was last written.
    private let written = Locked<[ObjectKey: Duration]>([:])

    package init(
        pools: Store<WorkerPool>, ledger: PoolLedger, executor: IntentExecutor, gate: WriteGate? = nil,
        podSecurity: PodSecurityProbe, network: NetworkIsolation, kind: KindHost? = nil, traffic: ModelTraffic,
        time: any TimeSource,
        logger: Logger,
        redact: @escaping @Sendable (String) -> String = { $0 }
    ) {
        self.pools = pools
        self.ledger = ledger
        self.executor = executor
        self.gate = gate
        self.podSecurity = podSecurity
        self.network = network
        self.kind = kind
        self.traffic = traffic
        self.time = time
        self.logger = logger
        self.redact = redact
    }

    package func reconcile(_ key: ObjectKey) async -> ReconcileOutcome {
        guard let pool = pools.get(key), !pool.metadata.isBeingDeleted else {
            return await takeOverWithoutPool(key)
        }
        let now = time.wallNow()
        let problems = pool.spec.validate()
        guard problems.isEmpty else {
            return await stalled(pool, .invalidSpec, problems.summary, now: now)
        }
        let unserved = pool.spec.unserved()
        guard unserved.isEmpty else {
            return await stalled(pool, .notSupported, unserved.summary, now: now)
        }
        if let complaint = pool.spec.complaintAboutKind {
            return await stalled(pool, .invalidSpec, complaint, now: now)
        }
        let (plan, repeats) = ledger.plan(pool, circuit: traffic.circuit(of: key), now: now)
        var status = plan.status
        let waits = [plan.awaitsRoom ? Self.roomInterval : nil, plan.awaitsWindow.map { max($0 - now, .seconds(1)) }]
        guard plan.spends else {
            let granted = await grant(plan.grants, repeats, pool: pool, now: now)
            let again = await record(pool, &status, now: now)
            return outcome(pool, status, granted, again: (waits + [again]).compactMap(\.self).min())
        }
        let again = await record(pool, &status, now: now)
        if let failure = await spend(status, plan.grants, pool: pool) {
            return ReconcileOutcome([], .retry(failure))
        }
        let granted = await grant(plan.grants, repeats, pool: pool, now: now)
        let wait = (waits + [again]).compactMap(\.self).min()
        return ReconcileOutcome(
            [], granted.failure.map { .retry($0) } ?? wait.map { .requeue(after: $0) } ?? .done, notes: granted.notes)
    }

    /// Writes what the tasks are granted of the budget, before they are claimed: a run begins at once, and whoever dies
    /// between the two leaves a grant behind, which the next look takes back.
    ///
    /// - Returns: why nothing may be claimed.
    private func spend(
        _ status: WorkerPool.Status, _ grants: [PoolPlanner.Grant], pool: WorkerPool
    ) async -> (any Error)? {
        var status = status
        status.hideSecrets(since: pool.status, redact)
        guard let intent = Intent.status(of: pool, from: pool.status, to: status) else { return nil }
        do {
            try await executor.execute([intent]) { write in
                gate?.record(write, by: pool.key)
                for grant in grants { gate?.record(write, by: grant.task.key) }
            }
            written.withLock { $0[pool.key] = time.monotonicNow() }
            return nil
        } catch {
            for grant in grants { ledger.takeBack(grant) }
            return error
        }
    }

    /// A pool that is deleted takes no running task with it: what a dead process left behind is taken over all the
    /// same, one worker a task.
    ///
    /// Where another pool serves such a task as well, the version in both writes lets one of them through.
    private func takeOverWithoutPool(_ key: ObjectKey) async -> ReconcileOutcome {
        _ = written.withLock { $0.removeValue(forKey: key) }
        let (granted, again) = await takeOver(key, now: time.wallNow())
        return ReconcileOutcome(
            [], granted.failure.map { .retry($0) } ?? again.map { .requeue(after: $0) } ?? .done, notes: granted.notes)
    }

    /// - Returns: what came of the claims, and when to look again for room.
    private func takeOver(_ key: ObjectKey, now: Timestamp) async -> (granted: Granted, again: Duration?) {
        let (standIn, plan, repeats) = ledger.planWithoutPool(key, now: now)
        let granted = await grant(plan.grants, repeats, pool: standIn, now: now)
        return (granted, plan.awaitsRoom ? Self.roomInterval : nil)
    }

    /// What came of the claims that were to be written.
    private struct Granted {
        var failure: (any Error)?
        var notes: [EventNote] = []
    }

    private func grant(
        _ grants: [PoolPlanner.Grant], _ repeats: [PoolPlanner.Grant], pool: WorkerPool, now: Timestamp
    ) async -> Granted {
        let again = await grant(repeats, isRepeat: true, pool: pool, now: now)
        let new = await grant(grants, isRepeat: false, pool: pool, now: now)
        return Granted(failure: new.failure ?? again.failure, notes: again.notes + new.notes)
    }

    /// Writes the claims one by one; one that cannot be written does not hold up the others.
    private func grant(
        _ grants: [PoolPlanner.Grant], isRepeat: Bool, pool: WorkerPool, now: Timestamp
    ) async -> Granted {
        var granted = Granted()
        for grant in grants {
            ledger.doubt(grant, false)
            do {
                // Under the task's key: a pool goes on granting while its caches catch up.
                try await executor.execute(claimIntents(grant, pool: pool, now: now)) { write in
                    gate?.record(write, by: grant.task.key)
                }
                logger.info(
                    grant.isTakeOver ? "task taken over" : "task assigned",
                    [
                        "task": "\(grant.task.key)", "worker": .string(grant.claim.worker),
                        "epoch": .integer(Int(grant.claim.epoch)),
                    ])
                if grant.isTakeOver { granted.notes.append(Self.note(of: grant)) }
            } catch {
                let isOvertaken = error.isConflict || error.isNotFound
                // A repeat that finds another version may find the claim itself: the store will show which.
                if isRepeat, isOvertaken { continue }
                if !isRepeat, isOvertaken || error.isUserError {
                    // A refused write was not made; after anything else the claim may stand.
                    ledger.takeBack(grant)
                } else {
                    ledger.doubt(grant, true)
                }
                granted.failure = error
            }
        }
        return granted
    }

    private static func note(of grant: PoolPlanner.Grant) -> EventNote {
        let before = grant.task.status.claim?.worker ?? "its worker"
        return .about(
            grant.task, reason: "TakenOver", action: "Assign",
            note: "worker \(grant.claim.worker) goes on from where \(before) was, which is gone")
    }

    private func claimIntents(_ grant: PoolPlanner.Grant, pool: WorkerPool, now: Timestamp) -> [Intent] {
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
        return [status.intent(for: grant.task)].compactMap(\.self)
    }

    /// - Returns: when to look again, where something could not be found out yet.
    private func record(_ pool: WorkerPool, _ status: inout WorkerPool.Status, now: Timestamp) async -> Duration? {
        let generation = pool.metadata.generation
        let count = status.replicas
        if count == 0 {
            status.record(.serving(.noWorkers, "spec.workers.replicas is 0"), generation: generation, now: now)
            status.mark(.available, .false, .noWorkers, "no workers wanted", generation: generation, now: now)
        } else {
            status.record(.serving(.workersReady, "\(count) workers"), generation: generation, now: now)
            status.mark(.available, .true, .workersReady, "\(count) workers ready", generation: generation, now: now)
        }
        let isolation = network.finding
        status.mark(
            .networkIsolation, isolation.status, isolation.reason, isolation.message, generation: generation, now: now)
        let finding = await podSecurity.finding()
        status.mark(
            .podSecurity, finding.status, finding.reason, finding.message, generation: generation, now: now)
        var again: Duration?
        if case .unknown = finding { again = PodSecurityProbe.patience }
        if let wait = await recordKind(pool, &status, now: now) { again = min(wait, again ?? wait) }
        return again
    }

    /// Only where it matters to the pool.
    private func recordKind(_ pool: WorkerPool, _ status: inout WorkerPool.Status, now: Timestamp) async -> Duration? {
        guard pool.spec.usesKind else {
            status.conditions.removeAll { $0.type == ConditionType.kindClusters.rawValue }
            return nil
        }
        let finding = await kind?.clusters.finding() ?? .notConfigured
        status.mark(
            .kindClusters, finding.isReady ? .true : .false, finding.reason, finding.message,
            generation: pool.metadata.generation, now: now)
        return KindClusters.lifetime
    }

    /// A pool that cannot be served starts nothing; what a dead process left in it is taken over all the same.
    private func stalled(
        _ pool: WorkerPool, _ reason: Reason, _ message: String, now: Timestamp
    ) async -> ReconcileOutcome {
        let (granted, again) = await takeOver(pool.key, now: now)
        var status = pool.status
        status.environments = ledger.environments(of: pool)
        let generation = pool.metadata.generation
        status.record(.stalled(reason, message), generation: generation, now: now)
        status.mark(.available, .false, reason, message, generation: generation, now: now)
        return outcome(pool, status, granted, again: again)
    }

    private func outcome(
        _ pool: WorkerPool, _ wanted: WorkerPool.Status, _ granted: Granted, again: Duration? = nil
    ) -> ReconcileOutcome {
        var (again, wanted) = (again, wanted)
        wanted.hideSecrets(since: pool.status, redact)
        var intents: [Intent] = []
        switch change(pool, wanted) {
        case .none: break
        case .later(let wait): again = min(wait, again ?? wait)
        case .now(let intent): intents = [intent]
        }
        return ReconcileOutcome(
            intents, granted.failure.map { .retry($0) } ?? again.map { .requeue(after: $0) } ?? .done,
            notes: granted.notes)
    }

    private enum StatusChange {
        case none
        case later(Duration)
        case now(Intent)
    }

    private func change(_ pool: WorkerPool, _ wanted: WorkerPool.Status) -> StatusChange {
        var calm = wanted
        // It grows by itself; at rest nothing shall be written for it.
        calm.queue?.oldestSeconds = pool.status.queue?.oldestSeconds
        guard calm != pool.status else { return .none }
        calm.queue = pool.status.queue
        calm.environments = pool.status.environments
        let now = time.monotonicNow()
        if calm == pool.status, let last = written.withLock({ $0[pool.key] }), now - last < Self.queueInterval {
            return .later(Self.queueInterval - (now - last))
        }
        guard let intent = Intent.status(of: pool, from: pool.status, to: wanted) else { return .none }
        written.withLock { $0[pool.key] = now }
        return .now(intent)
    }
}
