package import AIOpsAPI
import Agent
import ControllerRuntime
import Conversations
import Environments
import KubernetesModel
import Lifecycle
import Primitives
import Problems
import Telemetry

/// One worker's work on one task: every stage from the environment to the verdict.
///
/// Each stage can be entered again. It asks the cluster what is there before it makes anything, and writes what the next
/// one relies on before it relies on it, so whoever holds the claim after a crash goes on from status and finds what was
/// made. Invariants: nothing is written without the claim; the inventory is in status before the environment is made and
/// the undo before the fault; the agent starts only after the fault was seen.
package struct TaskRun: Sendable {
    let record: TaskRecord
    let services: RunServices
    let control: RunControl

    package init(_ task: AIOpsTask, claim: AIOpsTask.Claim, services: RunServices, control: RunControl) {
        record = TaskRecord(task, claim: claim, client: services.client, time: services.time)
        self.services = services
        self.control = control
    }

    /// Runs to an end and writes it.
    ///
    /// Returns without a word where the task is not this worker's any more.
    package func run() async {
        let logger = services.logger.with(["task": "\(record.key)", "epoch": .integer(Int(record.claim.epoch))])
        let stop: RunStop?
        do {
            try await untilStopped()
            stop = nil
        } catch {
            stop = error
        }
        switch stop {
        case nil: logger.info("run finished")
        case .abandoned(let why): logger.info("run given up", ["reason": .string(why)])
        case .interrupted: logger.info("run interrupted; another process goes on")
        case .cancelled: await finish(.cancelled("cancelled by spec.cancel"), sealing: true)
        case .timedOut:
            await finish(.stopped(.timedOut, "spec.limits.timeoutSeconds was over"), sealing: true)
        case .failed(let failure):
            logger.warning("run failed", ["reason": "\(failure.reason)", "error": .string(failure.description)])
            await finish(.stopped(failure.reason, failure.description), sealing: true)
        }
    }

    /// The stages, cut short by a request that cannot wait.
    private func untilStopped() async throws(RunStop) {
        enum End: Sendable {
            case ran(RunStop?)
            case asked
        }
        let end = await withTaskGroup(of: End.self) { group in
            group.addTask {
                do throws(RunStop) {
                    try await stages()
                    return .ran(nil)
                } catch {
                    return .ran(error)
                }
            }
            group.addTask {
                await control.mustStop()
                return .asked
            }
            let first = await group.next() ?? .asked
            group.cancelAll()
            guard case .asked = first else { return first }
            // The stages end by cancellation; what they had to say about it is not the reason.
            await group.waitForAll()
            return .asked
        }
        switch end {
        case .ran(nil): return
        case .ran(.some(let stop)): throw stop
        case .asked:
            switch control.request {
            case .abandon: throw .abandoned("the task is being deleted or has another worker")
            case .cancelImmediately: throw .cancelled
            case .cancelGracefully, nil: throw .interrupted
            }
        }
    }

    private func stages() async throws(RunStop) {
        let context = try await RunContext.make(record: record, services: services)
        let session = context.session
        // A verdict that is written is never reached again: by now the fault may have been taken back.
        if await !record.status.conditions.isTrue(.evaluated) {
            try await EnvironmentStage(context).run()
            try await DeployStage(context, session).run()
            try await InjectStage(context, session).run()
            let outcome = try await AgentStage(context, control: control).run()
            try await EvaluateStage(context, session).run(outcome)
        }
        try await RecoverStage(context, session).run()
        let isCancelled = control.request == .cancelGracefully
        let verdict = await record.status.result?.verdict
        await finish(
            isCancelled ? .cancelled("cancelled by spec.cancel; the outcome so far was graded") : .completed(verdict),
            sealing: true, policy: context.effective.successPolicy)
    }

    /// Seals the conversation and writes the end.
    ///
    /// What cannot be sealed is said in a condition and never holds up the end: a stuck task helps nobody.
    private func finish(_ ending: TaskEnding, sealing: Bool, policy: SuccessPolicy = .completed) async {
        do {
            let generation = await record.task.metadata.generation
            if sealing { try await SealStage(record: record, services: services).run() }
            try await record.update { status, now in
                status.close(ending, under: policy, generation: generation, now: now)
            }
            let status = await record.status
            let reason = status.conditions.get(.succeeded)?.reason ?? ""
            services.metrics.ended(
                phase: status.phase?.rawValue ?? "", verdict: status.result?.verdict?.rawValue ?? "", reason: reason)
            services.events.record(
                .about(
                    await record.task, status.phase == .failed ? .warning : .normal, reason: reason, action: "Finish",
                    note: status.conditions.get(.succeeded)?.message ?? ""))
        } catch {
            services.logger.warning(
                "the end of a run could not be written", ["task": "\(record.key)", "error": .describing(error)])
        }
    }
}
