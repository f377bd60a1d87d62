package import AIOpsAPI
import ControllerRuntime
package import Environments
import JSON
import KubernetesModel
package import Primitives
import Problems

/// Decides what to do about one task from what is known of it.
///
/// Pure: the same input gives the same decision, so a reconcile that is repeated after a crash, or on a stale view,
/// asks for nothing new.
package struct TaskPlanner: Sendable {
    package struct Input: Sendable {
        package var task: AIOpsTask
        package var pool: PoolLookup
        package var problem: ProblemLookup
        /// Tasks that wait in the same pool, this one not counted.
        package var queueLength: Int
        /// The place it would get by joining them.
        package var queuePlace: Int
        /// Whether Pod Security is enforced; nil where nobody needs to know.
        package var podSecurity: PodSecurityProbe.Finding?
        /// Whether NetworkPolicy is enforced.
        package var network: NetworkFinding
        /// Whether Kind clusters can be made; nil where nobody needs to know.
        package var kind: KindFinding?
        /// Whether a run of this task is under way in this process.
        package var isRunningHere: Bool
        package var operatorVersion: String
        package var modelKeys: OperatorKeys
        package var now: Timestamp

        package init(
            task: AIOpsTask, pool: PoolLookup, problem: ProblemLookup, queueLength: Int, queuePlace: Int,
            podSecurity: PodSecurityProbe.Finding? = nil,
            network: NetworkFinding = .unknown("nobody has looked"), kind: KindFinding? = nil, isRunningHere: Bool,
            operatorVersion: String,
            modelKeys: OperatorKeys = .none, now: Timestamp
        ) {
            self.task = task
            self.pool = pool
            self.problem = problem
            self.queueLength = queueLength
            self.queuePlace = queuePlace
            self.podSecurity = podSecurity
            self.network = network
            self.kind = kind
            self.isRunningHere = isRunningHere
            self.operatorVersion = operatorVersion
            self.modelKeys = modelKeys
            self.now = now
        }
    }

    /// What is to be done.
    ///
    /// A finalizer is added in a step of its own, since that changes the version the status was computed from.
    package struct Decision: Sendable {
        package var status: AIOpsTask.Status
        package var addsFinalizer = false
        package var request: RunControl.Request?
        package var startsRun = false
        package var releases = false
        package var deletesTask = false
        /// When to look again although nothing has changed.
        package var wakeAfter: Duration?
    }

    private let input: Input
    private let task: AIOpsTask
    private let now: Timestamp
    private var generation: Int64 { task.metadata.generation }

    package init(_ input: Input) {
        self.input = input
        task = input.task
        now = input.now
    }

    package func decide() -> Decision {
        var decision = Decision(status: task.status)
        if task.metadata.isBeingDeleted {
            if input.isRunningHere { decision.request = .abandon } else { decision.releases = true }
            return decision
        }
        switch task.status.phase ?? .pending {
        case .pending: admit(&decision)
        case .queued: wait(&decision)
        case .provisioning, .deploying, .injecting, .running, .evaluating: supervise(&decision)
        case .succeeded, .failed, .cancelled: tidy(&decision)
        case .unknown: break
        }
        return decision
    }

    // MARK: Before the queue

    private func admit(_ decision: inout Decision) {
        if let refusal = TaskAdmission(input).refusal {
            decision.status.close(
                .stopped(refusal.reason, refusal.message), under: .completed, generation: generation, now: now)
            return
        }
        decision.status.phase = .pending
        guard let effective = task.spec.effective(pool: input.pool.pool?.spec) else { return }
        if effective.cancel != nil {
            decision.status.close(
                .cancelled("cancelled before it was queued"), under: effective.successPolicy, generation: generation,
                now: now)
            return
        }
        if effective.isSuspended { return suspend(&decision) }
        if let obstacle = TaskAdmission(input).obstacle {
            // Whoever sets a limit to the wait means this one as well.
            let began = task.metadata.creationTimestamp ?? now
            let left = effective.startDeadlineSeconds.map { began + .seconds($0) - now }
            if let left, left <= .zero {
                decision.status.close(
                    .stopped(
                        .startDeadlineExceeded,
                        "not admitted within spec.limits.startDeadlineSeconds "
                            + "(\(effective.startDeadlineSeconds ?? 0) s): \(obstacle.message)"),
                    under: effective.successPolicy, generation: generation, now: now)
                return
            }
            decision.status.record(.active(obstacle.reason, obstacle.message), generation: generation, now: now)
            decision.status.mark(
                .admitted, .false, obstacle.reason, obstacle.message, generation: generation, now: now)
            decision.wakeAfter = [obstacle.askAgainAfter, left].compactMap(\.self).min()
            return
        }
        var admitted = task
        admitted.status = decision.status
        let pool = input.pool.pool
        admitted.admit(
            to: pool, route: task.spec.route(of: pool?.spec, labels: task.metadata.labels), now: now)
        decision.status = admitted.status
        decision.status.move(to: .queued)
        decision.status.attempt = max(1, decision.status.attempt)
        var queue = AIOpsTask.QueueState()
        queue.since = now
        queue.position = input.queuePlace
        queue.reason = Reason.waitingForWorker.rawValue
        decision.status.queue = queue
        var display = decision.status.display ?? AIOpsTask.Display()
        display.pool = input.pool.pool?.metadata.name
        do {
            let choice = try ModelChoice(effective.model, keys: input.modelKeys, now: now)
            display.model = DisplayText.model(name: choice.name, isSimulated: choice.provider == .simulated)
        } catch {
            // Refused before it came here.
            display.model = DisplayText.model(name: effective.model.name, isSimulated: false)
        }
        decision.status.display = display
        var provenance = decision.status.provenance ?? AIOpsTask.Provenance()
        provenance.operatorVersion = input.operatorVersion
        if case .found(let problem) = input.problem { provenance.problemRevision = problem.revision }
        provenance.seed = effective.seed
        decision.status.provenance = provenance
        let waiting = RunProgress.waiting(decision.status)
        decision.status.record(waiting, generation: generation, now: now)
        decision.status.mark(
            .admitted, .false, .waitingForWorker, waiting.message, generation: generation, now: now)
        for type in AIOpsTask.Status.stageConditions where type != .admitted {
            decision.status.mark(type, .unknown, .queued, "not reached yet", generation: generation, now: now)
        }
    }

    // MARK: In the queue

    private func wait(_ decision: inout Decision) {
        let effective = runningSpec.effective(pool: input.pool.pool?.spec)
        // Only now: the answer to an apply is the first status write, and no worker takes a task without it.
        decision.addsFinalizer = !Finalizer.environment.isOn(task.metadata)
        if task.spec.cancel != nil {
            decision.status.close(
                .cancelled("cancelled while it was queued"), under: effective?.successPolicy ?? .completed,
                generation: generation, now: now)
            return
        }
        if let limit = effective?.startDeadlineSeconds, let since = task.status.queue?.since {
            let left = since + .seconds(limit) - now
            if left <= .zero {
                decision.status.close(
                    .stopped(
                        .startDeadlineExceeded, "no worker took it within spec.limits.startDeadlineSeconds (\(limit) s)"
                    ), under: effective?.successPolicy ?? .completed, generation: generation, now: now)
                return
            }
            decision.wakeAfter = left
        }
        if task.spec.suspend == true {
            decision.status.queue?.reason = Reason.suspendedByUser.rawValue
            return suspend(&decision)
        }
        // An edit of the pool may have left too little for it; that it was admitted does not help then.
        if let problem = TaskAdmission(input).budgetProblem {
            decision.status.close(
                .stopped(problem.reason, problem.message), under: effective?.successPolicy ?? .completed,
                generation: generation, now: now)
            return
        }
        let holdUp = holdUp
        let progress = holdUp ?? .waiting(task.status)
        let reason = holdUp?.reason ?? .waitingForWorker
        decision.status.queue?.reason = reason.rawValue
        decision.status.record(progress, generation: generation, now: now)
        decision.status.mark(.admitted, .false, reason, progress.message, generation: generation, now: now)
    }

    /// Also says why it is not admitted: what was in the way before it was suspended is not what is in the way now.
    private func suspend(_ decision: inout Decision) {
        let message = "set spec.suspend to false to start it"
        decision.status.record(.suspended(.suspendedByUser, message), generation: generation, now: now)
        decision.status.mark(.admitted, .false, .suspendedByUser, message, generation: generation, now: now)
    }

    /// Why no worker of the pool will take a queued task for now, where that is so.
    private var holdUp: RunProgress? {
        let name = task.status.display?.pool ?? ""
        let pool: WorkerPool
        switch input.pool {
        case .found(let found): pool = found
        case .notFound(let places):
            return .active(
                .poolNotFound,
                "WorkerPool \(places.spelledOut) is gone; create it again, and the task goes on by itself, or end the task "
                    + "with spec.cancel")
        }
        if !pool.spec.validate().isEmpty || !pool.spec.unserved().isEmpty {
            return .active(.poolOnHold, "pool \(name) cannot be served: see its conditions")
        }
        if pool.spec.effective().stopPolicy != .run {
            return .active(.poolOnHold, "pool \(name) is on hold: see its spec.stopPolicy")
        }
        if let dry = pool.status.conditions.get(.budgetExceeded), dry.status == .true, pool.spec.budget != nil,
            task.mayCost(in: pool.spec, keys: input.modelKeys, now: now)
        {
            return .active(.budgetExceeded, "pool \(name): \(dry.message)")
        }
        if let full = pool.status.conditions.get(.environmentLimitReached), full.status == .true,
            pool.spec.environments?.maxTotal != nil
        {
            return .active(.environmentLimitReached, "pool \(name): \(full.message)")
        }
        return nil
    }

    // MARK: On a worker

    private func supervise(_ decision: inout Decision) {
        decision.startsRun = true
        noteLateChanges(&decision)
        if task.metadata.generation != task.status.observedGeneration {
            decision.status.record(currentProgress, generation: generation, now: now)
        }
        if task.spec.suspend == true {
            decision.status.mark(
                .suspended, .false, .notSupported,
                "this version suspends a task only before it starts; set spec.cancel to end it",
                generation: generation, now: now)
        }
        guard let cancel = task.spec.cancel else { return }
        decision.request = cancel == .graceful ? .cancelGracefully : .cancelImmediately
        // Nobody is left to run it: its worker is gone and so is the pool that would name another.
        if case .notFound = input.pool, !input.isRunningHere {
            decision.status.close(
                .cancelled("cancelled; its worker and its pool were gone"), under: .completed, generation: generation,
                now: now)
        }
    }

    private var currentProgress: RunProgress {
        let condition = task.status.conditions.get(.reconciling)
        return .active(condition.map { Reason(rawValue: $0.reason) } ?? .running, condition?.message ?? "")
    }

    private func noteLateChanges(_ decision: inout Decision) {
        let changes: [SpecProblem]
        do {
            changes = try task.lateChanges()
        } catch {
            decision.status.mark(
                .specChanged, .unknown, .internalError, "\(error)", generation: generation, now: now)
            return
        }
        if changes.isEmpty {
            guard decision.status.conditions.get(.specChanged) != nil else { return }
            decision.status.mark(
                .specChanged, .false, .specAsAdmitted, "the spec is as it was admitted", generation: generation,
                now: now)
        } else {
            decision.status.mark(
                .specChanged, .true, .specChanged,
                "the run follows the spec it was admitted with: " + changes.map(\.message).joined(separator: "; "),
                generation: generation, now: now)
        }
    }

    // MARK: After the end

    private func tidy(_ decision: inout Decision) {
        // Of a settled task the cache holds too little to write from, and there is nothing to write.
        if task.isSettled {
            if !input.isRunningHere { expire(&decision) }
            return
        }
        noteLateChanges(&decision)
        decision.status.observedGeneration = max(decision.status.observedGeneration, generation)
        for index in decision.status.conditions.indices {
            decision.status.conditions[index].observedGeneration = generation
        }
        // A run writes its end a moment before it returns; nothing is taken down under it.
        if input.isRunningHere { return }
        guard decision.status.conditions.isTrue(.cleanedUp) else { return release(&decision) }
        expire(&decision)
    }

    private func release(_ decision: inout Decision) {
        let effective = runningSpec.effective(pool: input.pool.pool?.spec)
        let kept =
            task.status.phase == .failed ? effective?.retainOnFailureSeconds : effective?.retainOnSuccessSeconds
        if let kept, kept > 0, let completedAt = task.status.completedAt {
            let until = completedAt + .seconds(kept)
            if until > now {
                decision.status.environment?.retainUntil = until
                decision.status.mark(
                    .cleanedUp, .false, .retained,
                    "kept until \(until.rfc3339) as spec.environment.retention says; delete the task to release it now",
                    generation: generation, now: now)
                decision.wakeAfter = until - now
                return
            }
        }
        decision.releases = true
    }

    private func expire(_ decision: inout Decision) {
        guard let ttl = task.spec.ttlSecondsAfterFinished, let completedAt = task.status.completedAt else { return }
        guard !task.isTrackedByGitOps else { return }
        let left = completedAt + .seconds(ttl) - now
        if left <= .zero { decision.deletesTask = true } else { decision.wakeAfter = left }
    }

    /// The spec the run follows; a damaged snapshot leaves the present one.
    private var runningSpec: AIOpsTask.Spec {
        do { return try task.runningSpec() } catch { return task.spec }
    }
}

extension AIOpsTask {
    static let gitOpsAnnotations: Set<String> = ["argocd.argoproj.io/tracking-id"]

    /// Deleting an object that a GitOps tool tracks makes it create, and so run, the task again: argoproj/argo-cd#13851.
    var isTrackedByGitOps: Bool {
        Self.gitOpsAnnotations.contains { metadata.annotations[$0] != nil }
            || metadata.labels["kustomize.toolkit.fluxcd.io/name"] != nil
    }
}
