package import AIOpsAPI
package import ControllerRuntime
package import Environments
package import KubernetesClient
package import KubernetesModel
package import Primitives
package import Problems
package import Telemetry

/// Admits tasks, watches over running ones, and releases what ended ones have made.
///
/// It runs no stage and writes no claim. What it decides is in `TaskPlanner`; here the decision meets the cluster.
package struct TaskReconciler: Reconciler {
    package static let poolIndex = "pool"

    private let tasks: Store<AIOpsTask>
    private let pools: Store<WorkerPool>
    private let ledger: PoolLedger
    private let podSecurity: PodSecurityProbe
    private let network: NetworkIsolation
    package let conversations: ConversationWatch
    private let catalogue: Catalogue
    private let host: WorkerHost
    private let purse: PoolPurse
    private let client: KubernetesClient
    private let kind: KindHost?
    private let settings: OperatorSettings
    private let time: any TimeSource
    private let logger: Logger
    private let redact: @Sendable (String) -> String

    package init(
        tasks: Store<AIOpsTask>, pools: Store<WorkerPool>, ledger: PoolLedger, podSecurity: PodSecurityProbe,
        network: NetworkIsolation, catalogue: Catalogue, host: WorkerHost, purse: PoolPurse, client: KubernetesClient,
        kind: KindHost? = nil, settings: OperatorSettings, time: any TimeSource, logger: Logger,
        redact: @escaping @Sendable (String) -> String
    ) {
        self.tasks = tasks
        self.pools = pools
        self.ledger = ledger
        self.podSecurity = podSecurity
        self.network = network
        conversations = ConversationWatch(client: client, time: time)
        self.catalogue = catalogue
        self.host = host
        self.purse = purse
        self.client = client
        self.kind = kind
        self.settings = settings
        self.time = time
        self.logger = logger
        self.redact = redact
    }

    package func reconcile(_ key: ObjectKey) async -> ReconcileOutcome {
        let found = tasks.get(key)
        // Whoever stood here before may never have been seen to end: somebody took its finalizer away.
        forget(key, but: found?.metadata.uid)
        guard let task = found else { return ReconcileOutcome() }
        let uid = task.metadata.uid
        var decision = TaskPlanner(await input(for: task)).decide()
        if decision.addsFinalizer, let intent = Finalizer.environment.add(to: task) {
            return ReconcileOutcome([intent])
        }
        var wakeAfter = decision.wakeAfter
        if decision.startsRun {
            if let wait = host.look(at: task) { wakeAfter = min(wait, wakeAfter ?? wait) }
            if let wait = await lookAtConversation(of: task, &decision.status) {
                wakeAfter = min(wait, wakeAfter ?? wait)
            }
        } else if !host.isRunning(uid: uid) {
            forget(key)
        }
        // After the start: a run taken over from a dead process has to hear of a request that is older than itself.
        if let request = decision.request { host.ask(request, uid: uid) }
        // Before anything that tells what it has spent can go with it.
        if task.status.isFinished || task.metadata.isBeingDeleted, !host.isRunning(uid: uid) {
            let home = PoolReference(task, operatorNamespace: settings.namespace).home(in: pools)
            switch await purse.settle(task, in: home.key) {
            case .done: break
            case .later(let failure): return ReconcileOutcome([], .retry(failure))
            case .refused(let failure):
                logger.warning(
                    "what a task has spent could not be settled; all of its grant counts",
                    ["task": "\(key)", "error": .describing(failure)])
            }
        }
        if decision.deletesTask {
            return ReconcileOutcome([
                .delete(AIOpsTask.resourceType, key, uid: uid, resourceVersion: task.metadata.resourceVersion)
            ])
        }
        if decision.releases { return await release(task, decision.status) }
        return ReconcileOutcome(
            [decision.status.intent(for: task, redact: redact)].compactMap(\.self),
            wakeAfter.map { .requeue(after: $0) } ?? .done, notes: notes(task, decision.status))
    }

    private func forget(_ key: ObjectKey, but uid: String? = nil) {
        host.forget(key, but: uid)
        conversations.forget(key, but: uid)
    }

    private func input(for task: AIOpsTask) async -> TaskPlanner.Input {
        let pool = PoolReference(task, operatorNamespace: settings.namespace).lookUp(in: pools)
        let now = time.wallNow()
        var (length, place) = (0, 1)
        var security: PodSecurityProbe.Finding?
        var kindFinding: KindFinding?
        if task.status.phase ?? .pending == .pending {
            if let found = pool.pool {
                length = ledger.queueLength(of: found.key)
                place = ledger.join(task, in: found, now: now)
            }
            if task.spec.environment?.podSecurity == .required { security = await podSecurity.finding() }
            if task.spec.effective(pool: pool.pool?.spec)?.environmentType == .kind {
                kindFinding = await kind?.clusters.finding() ?? .notConfigured
            }
        }
        return TaskPlanner.Input(
            task: task, pool: pool, problem: lookUpProblem(task), queueLength: length, queuePlace: place,
            podSecurity: security, network: network.finding, kind: kindFinding,
            isRunningHere: host.isRunning(uid: task.metadata.uid),
            operatorVersion: settings.version, modelKeys: settings.modelKeys, now: now)
    }

    /// - Returns: when to look again; nil while there is nothing to look at.
    private func lookAtConversation(of task: AIOpsTask, _ status: inout AIOpsTask.Status) async -> Duration? {
        guard task.status.conversations.contains(where: { $0.attempt == task.currentAttempt }) else { return nil }
        if let complaint = await conversations.look(at: task)?.complaint {
            status.mark(
                .conversationPersisted, .false, .conversationDeleted, complaint, generation: task.metadata.generation,
                now: time.wallNow())
        }
        return ConversationWatch.interval
    }

    private func lookUpProblem(_ task: AIOpsTask) -> ProblemLookup {
        guard let work = task.spec.problem else { return .notAProblem }
        do throws(ProblemError) {
            return .found(try catalogue.problem(work.id, parameters: work.parameters ?? [:]))
        } catch {
            return .failed(error)
        }
    }

    /// What a change of status is worth telling.
    private func notes(_ task: AIOpsTask, _ status: AIOpsTask.Status) -> [EventNote] {
        var notes: [EventNote] = []
        if status.phase != task.status.phase, let phase = status.phase {
            let message = status.conditions.get(.succeeded)?.message ?? ""
            let reason = status.conditions.get(.succeeded)?.reason ?? phase.rawValue
            notes.append(
                .about(
                    task, phase == .failed ? .warning : .normal, reason: reason, action: "Admit",
                    note: message.isEmpty ? "\(phase)" : message))
        }
        let lost = Reason.conversationDeleted.rawValue
        if let condition = status.conditions.get(.conversationPersisted), condition.reason == lost,
            task.status.conditions.get(.conversationPersisted)?.message != condition.message
        {
            notes.append(.about(task, .warning, reason: lost, action: "Run", note: condition.message))
        }
        return notes
    }

    // MARK: Release

    private func release(_ task: AIOpsTask, _ status: AIOpsTask.Status) async -> ReconcileOutcome {
        var status = status
        let releaser = EnvironmentReleaser(task: task, client: client, kind: kind, time: time, redact: redact)
        do {
            if task.status.phase == .failed, !task.metadata.isBeingDeleted, status.environment?.diagnostics == nil,
                let (saved, notes) = try await saveDiagnostics(task, releaser)
            {
                status.environment?.diagnostics = saved
                return ReconcileOutcome([status.intent(for: task, redact: redact)].compactMap(\.self), notes: notes)
            }
            switch try await releaser.release() {
            case .gone: return await released(task, status)
            case .remaining(let rest): return awaitGone(task, status, ReleaseWait(rest, now: time.wallNow()))
            }
        } catch {
            logger.warning("environment not released yet", ["task": "\(task.key)", "error": .describing(error)])
            status.mark(
                .cleanedUp, .false, .cleanUpFailed, "\(error)", generation: task.metadata.generation,
                now: time.wallNow())
            return ReconcileOutcome([status.intent(for: task, redact: redact)].compactMap(\.self), .retry(error))
        }
    }

    private func awaitGone(_ task: AIOpsTask, _ status: AIOpsTask.Status, _ wait: ReleaseWait) -> ReconcileOutcome {
        var status = status
        let reason: Reason = wait.isStuck ? .cleanUpStuck : .cleaningUp
        var notes: [EventNote] = []
        if wait.isStuck, status.conditions.get(.cleanedUp)?.reason != reason.rawValue {
            notes = [.about(task, .warning, reason: reason.rawValue, action: "Release", note: wait.message)]
        }
        status.mark(
            .cleanedUp, .false, reason, wait.message, generation: task.metadata.generation, now: time.wallNow())
        return ReconcileOutcome(
            [status.intent(for: task, redact: redact)].compactMap(\.self), .requeue(after: wait.interval), notes: notes)
    }

    /// What explains the failure, before it is torn down; nil when there is no environment to look at.
    ///
    /// Where it cannot be kept, because the namespace is full or the right is missing, an empty name says so: an environment
    /// is better released without its explanation than never.
    private func saveDiagnostics(
        _ task: AIOpsTask, _ releaser: EnvironmentReleaser
    ) async throws(EnvironmentError) -> (name: String, notes: [EventNote])? {
        do throws(EnvironmentError) {
            return try await releaser.saveDiagnostics().map { ($0, []) }
        } catch {
            guard !error.isRetryable, !error.isCancelled else { throw error }
            logger.warning("diagnostics not kept", ["task": "\(task.key)", "error": .describing(error)])
            let note = EventNote.about(
                task, .warning, reason: "DiagnosticsNotKept", action: "Release",
                note: "the environment is released without diagnostics: \(error)")
            return ("", [note])
        }
    }

    /// A listing has shown that all is gone.
    private func released(_ task: AIOpsTask, _ status: AIOpsTask.Status) async -> ReconcileOutcome {
        var status = status
        let now = time.wallNow()
        if task.metadata.isBeingDeleted {
            if let error = await KeptConversation(task, client: client, time: time, logger: logger).settle(&status) {
                return ReconcileOutcome([status.intent(for: task, redact: redact)].compactMap(\.self), .retry(error))
            }
            return ReconcileOutcome([Finalizer.environment.remove(from: task)].compactMap(\.self))
        }
        status.environment?.inventory = []
        status.environment?.retainUntil = nil
        status.end(.releasing, now: now)
        status.mark(
            .cleanedUp, .true, .done, "everything made for the task is gone", generation: task.metadata.generation,
            now: now)
        let note = EventNote.about(
            task, reason: "CleanedUp", action: "Release", note: "everything made for the task is gone")
        return ReconcileOutcome([status.intent(for: task, redact: redact)].compactMap(\.self), notes: [note])
    }
}
