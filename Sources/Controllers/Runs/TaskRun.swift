package import AIOpsAPI
import Agent
import ControllerRuntime
import Conversations
import Environments
import KubernetesClient
import KubernetesModel
import Lifecycle
import Primitives
import Problems
import Telemetry

/// One worker's work on one task: every stage from the environment to the verdict.
///
/// Each stage can be entered again. It asks the cluster what is there before it makes anything, and writes what the next
/// one relies on before it relies on it, so whoever holds the claim after a crash goes on from status and finds what was
/// made. Invariants: nothing is written without the claim, nor is anything made before the server has said that the task is
/// there and ours; the inventory is in status before the environment is made and the undo before the fault; the agent
/// starts only after the fault was seen; how a run ends is in status before its conversation is sealed, and is decided once.
package struct TaskRun: Sendable {
    let record: TaskRecord
    let services: RunServices
    let control: RunControl
    private let vigil: EnvironmentVigil
    private let gate: AgentGate
    /// Kept from the agent's work to the seal: it remembers what it wrote.
    private let conversation = Locked<ConversationKeeper?>(nil)

    package init(_ task: AIOpsTask, claim: AIOpsTask.Claim, services: RunServices, control: RunControl) {
        record = TaskRecord(
            task, claim: claim, client: services.client, time: services.time, wrote: services.wrote,
            redact: services.redact)
        self.services = services
        self.control = control
        vigil = EnvironmentVigil(
            names: EnvironmentNames(taskUID: task.metadata.uid, attempt: task.currentAttempt),
            taskUID: task.metadata.uid, uids: [:], client: services.client)
        gate = AgentGate(hasBegun: false)
    }

    /// Runs to an end and writes it.
    ///
    /// - Returns: false where no end was written: the task is not this worker's any more, the process is stopping, or the
    ///   server could not be reached.
    package func run() async -> Bool {
        let logger = services.logger.with(["task": "\(record.key)", "epoch": .integer(Int(record.claim.epoch))])
        do {
            try await takeUp()
            try await finish(try await reachEnding(logger))
            logger.info("run finished")
            return true
        } catch {
            switch error {
            case .abandoned(let why):
                logger.info("run given up", ["reason": .string(why)])
                await takeBack()
            case .interrupted: logger.info("run interrupted; whoever holds the claim goes on")
            case .cancelled, .timedOut, .failed:
                logger.warning("the end of a run could not be written", ["error": .describing(error)])
            }
            return false
        }
    }

    /// Goes on from the task as the server has it, not as a cache showed it, which may be that of a task long gone.
    ///
    /// Where an earlier run has written all that comes before a step, nothing is left to write before it is taken, and so
    /// nothing that the server would refuse.
    private func takeUp() async throws(RunStop) {
        try await record.refresh()
        let status = await record.status
        // Those of a Kind environment are in its own cluster, and are recalled when that is reached.
        if status.environment?.type != .kind { vigil.recall(status.environment?.namespaceUIDs ?? [:]) }
        if status.stages.contains(where: { $0.name == StageName.running.rawValue }) { _ = gate.begin() }
    }

    /// How the run ends: as it was decided before a crash, else as its stages come to decide.
    private func reachEnding(_ logger: Logger) async throws(RunStop) -> TaskEnding {
        if let decided = await record.status.ending { return decided }
        do throws(RunStop) {
            return try await race(logger)
        } catch {
            switch error {
            case .abandoned, .interrupted: throw error
            case .cancelled: return .cancelled(await cancellation())
            case .timedOut(let message):
                if let lost = await lost(logger) { return lost }
                if control.request == .cancelGracefully { return .cancelled(await cancellation(message)) }
                return .stopped(.timedOut, message)
            case .failed(let failure):
                logger.warning("run failed", ["reason": "\(failure.reason)", "error": .string(failure.description)])
                if failure.kind == .infrastructure, let lost = await lost(logger) { return lost }
                // Whoever cancelled it asked for no more than it had come to, and waits for nothing that failed since.
                if control.request == .cancelGracefully {
                    return .cancelled(await cancellation(failure.description))
                }
                return .stopped(failure.reason, failure.description)
            }
        }
    }

    /// What a task that was cancelled says of what it had come to, and of the obstacle that kept it from the grading.
    private func cancellation(_ obstacle: String? = nil) async -> String {
        let status = await record.status
        if status.conditions.isTrue(.evaluated), let verdict = status.result?.verdict {
            return "cancelled by spec.cancel; what the agent had done by then was graded: verdict \(verdict)"
        }
        guard gate.hasBegun else {
            return "cancelled by spec.cancel before the agent began; there was nothing to grade"
        }
        guard let obstacle else {
            return "cancelled by spec.cancel at once; what the agent had done by then was not graded"
        }
        return "cancelled by spec.cancel; what the agent had done by then was not graded: \(obstacle)"
    }

    /// The stages, cut short by a request that cannot wait or by the loss of what they work in.
    private func race(_ logger: Logger) async throws(RunStop) -> TaskEnding {
        enum End: Sendable {
            case ran(Result<TaskEnding, RunStop>)
            case asked
            /// Before the agent began.
            case cancelled
            case lost(String)
        }
        let isNews = control.request == nil
        if let stop = requestedStop { throw stop }
        let end = await withTaskGroup(of: End.self) { group in
            group.addTask {
                do throws(RunStop) {
                    return .ran(.success(try await stages()))
                } catch {
                    return .ran(.failure(error))
                }
            }
            group.addTask {
                await control.asked(for: .cancelGracefully)
                if isNews { await tellOfCancel() }
                // An agent that has begun is let go by its own stage.
                if control.request == .cancelGracefully, gate.shut() { return .cancelled }
                await control.asked(for: .cancelImmediately)
                return .asked
            }
            group.addTask { await awaitLoss(logger).map { .lost($0) } ?? .asked }
            let first = await group.next() ?? .asked
            group.cancelAll()
            // The stages end by cancellation; what they had to say about it is not the reason.
            await group.waitForAll()
            return first
        }
        switch end {
        case .ran(let result): return try result.get()
        case .asked: throw requestedStop ?? .interrupted
        case .cancelled: throw requestedStop ?? .cancelled
        case .lost(let what): return .stopped(.environmentLost, Self.lossMessage(what))
        }
    }

    /// The stop that a request from outside asks for at once.
    private var requestedStop: RunStop? {
        switch control.request {
        case .abandon: .abandoned("the task is being deleted or has another worker")
        case .cancelImmediately: .cancelled
        case .cancelGracefully, nil: nil
        }
    }

    private func stages() async throws(RunStop) -> TaskEnding {
        var context = try await RunContext.make(record: record, services: services, vigil: vigil)
        let session: ProblemSession
        // A verdict that is written is never reached again: by now the fault may have been taken back.
        if await !record.status.conditions.isTrue(.evaluated) {
            try await ModelPreflight(context).run()
            context = try await EnvironmentStage(context).run()
            session = context.session
            try await DeployStage(context, session).run()
            try await InjectStage(context, session).run()
            guard gate.begin() else { throw .cancelled }
            let outcome = try await AgentStage(context, control: control, conversation: conversation).run()
            try await EvaluateStage(context, session).run(outcome)
        } else {
            // Where the cluster is gone, the fault is gone with it.
            guard let reached = try await context.reached() else {
                return .completed(await record.status.result?.verdict)
            }
            context = reached
            session = context.session
        }
        // The fault goes with its namespace, and nobody who cancels waits for the proof that it could be taken back.
        if control.request == .cancelGracefully { return .cancelled(await cancellation()) }
        try await RecoverStage(context, session).run()
        if control.request == .cancelGracefully { return .cancelled(await cancellation()) }
        return .completed(await record.status.result?.verdict)
    }

    // MARK: The environment

    /// What became of the environment meanwhile; nil when the wait was cancelled.
    private func awaitLoss(_ logger: Logger) async -> String? {
        while true {
            do { try await services.time.sleep(for: EnvironmentVigil.interval) } catch { return nil }
            do {
                if let loss = try await vigil.look() { return loss }
            } catch {
                if error.isCancelled { return nil }
                logger.info(
                    "the environment could not be looked at; the next look will tell", ["error": .describing(error)])
            }
        }
    }

    /// A failure in an environment that is not there any more is explained by that and by nothing else.
    private func lost(_ logger: Logger) async -> TaskEnding? {
        do {
            return try await vigil.look().map { .stopped(.environmentLost, Self.lossMessage($0)) }
        } catch {
            logger.info("whether the environment is there cannot be told", ["error": .describing(error)])
            return nil
        }
    }

    static func lossMessage(_ what: String) -> String {
        "\(what) while the run needed it; nothing was held against the agent"
    }

    /// Takes down what this run made after the task was cleaned up by a later owner: nobody else will look for it.
    ///
    /// While the task lives or its clean-up goes on, the environment is the business of whoever has it.
    private func takeBack() async {
        do throws(KubernetesError) {
            let task = try await Patience(time: services.time).again(while: { $0.isRetryable }) {
                () async throws(KubernetesError) in try await services.client.get(AIOpsTask.self, record.key)
            }
            if task.metadata.uid == record.uid, task.metadata.isBeingDeleted {
                services.events.record(
                    .about(
                        task, reason: "Deleting", action: "Delete",
                        note: "deleted while it ran: the run has stopped, and everything made for it is released"))
            }
            let isOver = task.status.isFinished && task.status.conditions.isTrue(.cleanedUp)
            guard task.metadata.uid != record.uid || isOver else { return }
        } catch {
            guard error.isNotFound else {
                services.logger.warning(
                    "whether the task was cleaned up cannot be told; what this run made may be left",
                    ["task": "\(record.key)", "error": .describing(error)])
                return
            }
        }
        let released = await record.task
        do throws(EnvironmentError) {
            _ = try await EnvironmentReleaser(
                task: released, client: services.client, kind: services.kind, time: services.time,
                redact: services.redact
            ).release()
        } catch {
            services.logger.warning(
                "what was made after the clean-up may be left",
                ["task": "\(record.key)", "error": .describing(error)])
        }
    }

    // MARK: The end

    /// Writes how the run ends, seals its conversation, and closes the task, in that order.
    ///
    /// What cannot be sealed is said in a condition and never holds up the end: a stuck task helps nobody, and
    /// `ConversationReconciler` goes on with it.
    private func finish(_ ending: TaskEnding) async throws(RunStop) {
        let claim = record.claim
        try await record.update { status, now in status.decide(ending, claim: claim, now: now) }
        let decided = await record.status.ending ?? ending
        try await SealStage(record: record, services: services, conversation: conversation).run()
        let task = await record.task
        let (policy, generation) = (task.followedSpec.successPolicy ?? .completed, task.metadata.generation)
        try await record.update { status, now in
            status.close(decided, under: policy, generation: generation, now: now)
        }
        await report()
    }

    private func tellOfCancel() async {
        let note: String
        switch control.request {
        case .cancelGracefully:
            note =
                gate.hasBegun
                ? "spec.cancel is Graceful: the call in hand may end within \(AgentStage.lastCall.wholeSeconds) s, then what "
                    + "is there is graded"
                : "spec.cancel is Graceful and the agent has not begun: the run stops now"
        case .cancelImmediately: note = "spec.cancel is Immediate: the run stops now, and nothing more is graded"
        case .abandon, nil: return
        }
        services.events.record(.about(await record.task, reason: "Cancelling", action: "Cancel", note: note))
    }

    private func report() async {
        let task = await record.task
        let succeeded = task.status.conditions.get(.succeeded)
        let reason = succeeded?.reason ?? ""
        services.events.record(
            .about(
                task, task.status.phase == .failed ? .warning : .normal, reason: reason, action: "Finish",
                note: succeeded?.message ?? ""))
    }
}

extension AIOpsTask {
    /// The spec the run follows; of a damaged snapshot, the present one is all that is left.
    var followedSpec: AIOpsTask.Spec {
        do { return try runningSpec() } catch { return spec }
    }
}
