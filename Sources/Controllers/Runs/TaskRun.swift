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
    /// - Returns: false where no end was written: the task is not this worker's any more, the process is stopping, or the
    ///   server could not be reached.
    package func run() async -> Bool {
        let logger = services.logger.with(["task": "\(record.key)", "epoch": .integer(Int(record.claim.epoch))])
        do {
            let ending = try await untilStopped()
            logger.info("run finished")
            return await finish(ending.0, policy: ending.1)
        } catch {
            switch error {
            case .abandoned(let why):
                logger.info("run given up", ["reason": .string(why)])
                await takeBack()
            case .interrupted: logger.info("run interrupted; another process goes on")
            case .cancelled: return await finish(.cancelled("cancelled by spec.cancel"))
            case .timedOut: return await finish(.stopped(.timedOut, "spec.limits.timeoutSeconds was over"))
            case .failed(let failure):
                logger.warning("run failed", ["reason": "\(failure.reason)", "error": .string(failure.description)])
                return await finish(.stopped(failure.reason, failure.description))
            }
            return false
        }
    }

    /// The stages, cut short by a request that cannot wait.
    private func untilStopped() async throws(RunStop) -> (TaskEnding, SuccessPolicy) {
        enum End: Sendable {
            case ran(Result<Ending, RunStop>)
            case asked
        }
        let end = await withTaskGroup(of: End.self) { group in
            group.addTask {
                do throws(RunStop) {
                    return .ran(.success(try await stages()))
                } catch {
                    return .ran(.failure(error))
                }
            }
            group.addTask {
                await control.mustStop()
                return .asked
            }
            let first = await group.next() ?? .asked
            group.cancelAll()
            // The stages end by cancellation; what they had to say about it is not the reason.
            await group.waitForAll()
            return first
        }
        switch end {
        case .ran(let result):
            let ending = try result.get()
            return (ending.ending, ending.policy)
        case .asked:
            switch control.request {
            case .abandon: throw .abandoned("the task is being deleted or has another worker")
            case .cancelImmediately: throw .cancelled
            case .cancelGracefully, nil: throw .interrupted
            }
        }
    }

    private struct Ending: Sendable {
        var ending: TaskEnding
        var policy: SuccessPolicy
    }

    private func stages() async throws(RunStop) -> Ending {
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
        return Ending(
            ending: isCancelled
                ? .cancelled("cancelled by spec.cancel; the outcome so far was graded") : .completed(verdict),
            policy: context.effective.successPolicy)
    }

    /// Takes down what this run made after the task was cleaned up by a later owner: nobody else will look for it.
    ///
    /// While the task lives or its clean-up goes on, the environment is the business of whoever has it.
    private func takeBack() async {
        do throws(KubernetesError) {
            let task = try await Patience(time: services.time).again(while: { $0.isRetryable }) {
                () async throws(KubernetesError) in try await services.client.get(AIOpsTask.self, record.key)
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
                task: released, client: services.client, time: services.time, redact: services.redact
            ).release()
        } catch {
            services.logger.warning(
                "what was made after the clean-up may be left",
                ["task": "\(record.key)", "error": .describing(error)])
        }
    }

    /// Seals the conversation and writes the end.
    ///
    /// What cannot be sealed is said in a condition and never holds up the end: a stuck task helps nobody.
    private func finish(_ ending: TaskEnding, policy: SuccessPolicy = .completed) async -> Bool {
        do {
            let generation = await record.task.metadata.generation
            try await SealStage(record: record, services: services).run()
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
            return true
        } catch {
            if case .abandoned = error { await takeBack() }
            services.logger.warning(
                "the end of a run could not be written", ["task": "\(record.key)", "error": .describing(error)])
            return false
        }
    }
}
