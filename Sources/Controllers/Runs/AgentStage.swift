import AIOpsAPI
import Agent
import AgentTools
import Conversations
import Environments
import JSON
import KubernetesModel
import LanguageModels
import Primitives
import Problems
import Telemetry

/// Lets the agent work on the application until it submits or a limit ends it.
struct AgentStage {
    /// What the agent has left behind, for the grading.
    struct Outcome: Sendable {
        /// Nil when it never submitted, null when it submitted without an argument.
        var submission: JSONValue?
        var figures: RunFigures
        /// Why it ended before it came to an end of its own.
        var cut: CutShort?
    }

    /// How long the call in hand may go on after a graceful cancel.
    static let lastCall = Duration.seconds(10)

    /// Tokens of a reply where nobody has said.
    static let usualReply = 4096

    /// A sandbox that does not answer is prepared again so many times.
    private static let revivals = 2

    private let context: RunContext
    private let control: RunControl
    /// Where the conversation is left for the seal.
    private let conversation: Locked<ConversationKeeper?>

    init(_ context: RunContext, control: RunControl, conversation: Locked<ConversationKeeper?>) {
        self.context = context
        self.control = control
        self.conversation = conversation
    }

    func run() async throws(RunStop) -> Outcome {
        let (context, control) = (context, control)
        return try await context.stage(.running, phase: .running, .running, "the agent is at work") {
            () async throws(RunStop) in
            let audit = ReachAudit(context)
            try await audit.begin()
            let keeper = try await openConversation()
            let progress = RunProgressWriter(context: context, control: control)
            let allowance = await allowance
            let run = AgentRun(
                identity: "\(context.record.uid)-\(context.attempt)", task: agentTask, strategy: strategy,
                toolStyle: toolStyle, model: context.model, settings: settings, toolbox: toolbox, journal: keeper,
                limits: limits, allowance: allowance, prices: context.prices, time: context.services.time,
                redact: context.services.redact, logger: context.services.logger,
                onProgress: { await progress.note($0) }, isAskedToStop: { control.request != nil || control.isPaused })
            let outcome: AgentOutcome
            control.work(true)
            defer { control.work(false) }
            do throws(RunStop) {
                outcome = try await self.outcome(of: run, progress, keeper)
                // The process is about to stop: whoever holds the claim then goes on from the record.
                if outcome.stopReason == .asked, control.request == nil { throw .interrupted }
                try refuseUnheard(outcome)
            } catch {
                if case .failed = error { await progress.flush() }
                throw error
            }
            await tieHands()
            try await write(
                outcome, await audit.end(within: control.request == nil ? ReachAudit.patience : Self.lastCall))
            return Outcome(
                submission: outcome.submission.map { $0.value ?? .null }, figures: await figures(outcome),
                cut: outcome.stopReason.cut)
        }
    }

    /// Lets the agent work; when its hands fail, it goes on from its record with new ones.
    private func outcome(
        of run: AgentRun, _ progress: RunProgressWriter, _ keeper: ConversationKeeper
    ) async throws(RunStop) -> AgentOutcome {
        var revivals = 0
        while true {
            let failure: AgentError
            do {
                return try await work(run, progress, keeper).get()
            } catch {
                failure = error
            }
            guard case .tool(let tool) = failure, !tool.isUserError, revivals < Self.revivals else {
                throw Self.stop(for: failure, model: context.model.descriptor)
            }
            revivals += 1
            context.services.logger.warning(
                "the sandbox did not answer and is prepared again",
                ["task": "\(context.record.key)", "error": .describing(tool)])
            try await EnvironmentStage(context).refresh()
        }
    }

    /// Ends what the agent's commands have left running, also those that were cut short with the agent: nothing of it acts on
    /// the system while that is graded.
    private func tieHands() async {
        do throws(EnvironmentError) {
            try await context.shell.clear()
        } catch {
            // A sandbox that is gone took its processes along; in another, commands end by their own limits.
            context.services.logger.warning(
                "what the agent's commands left running could not be ended",
                ["task": "\(context.record.key)", "error": .describing(error)])
        }
    }

    /// Runs the agent to its end, or to the end of the time that a graceful cancel leaves it; what it has done by then is in
    /// its record.
    private func work(
        _ run: AgentRun, _ progress: RunProgressWriter, _ keeper: ConversationKeeper
    ) async -> Result<AgentOutcome, AgentError> {
        let (control, time) = (control, context.services.time)
        let ended = await withTaskGroup(of: Result<AgentOutcome, AgentError>?.self) { group in
            group.addTask {
                do throws(AgentError) {
                    return .success(try await run.run())
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                await control.asked(for: .cancelGracefully)
                do { try await time.sleep(for: Self.lastCall) } catch { return nil }
                return nil
            }
            group.addTask {
                await progress.run()
                return nil
            }
            group.addTask {
                await keeper.keepUp()
                return nil
            }
            var ended: Result<AgentOutcome, AgentError>?
            for await result in group {
                if let result { ended = result }
                group.cancelAll()
            }
            return ended
        }
        guard case .failure(.cancelled) = ended, !Task.isCancelled, control.request == .cancelGracefully else {
            return ended ?? .failure(.cancelled)
        }
        do throws(AgentError) {
            return .success(try await run.outcomeSoFar())
        } catch {
            return .failure(error)
        }
    }

    /// An agent that was never asked for anything has given no answer: there is nothing to grade, and something to mend.
    private func refuseUnheard(_ outcome: AgentOutcome) throws(RunStop) {
        guard outcome.totals.calls == 0, outcome.totals.lostCalls == 0, outcome.steps == 0 else { return }
        let limit: String
        switch outcome.stopReason {
        case .tokenBudget: limit = "the limit of tokens (\(context.effective.maxTokens ?? 0), spec.limits.maxTokens)"
        case .costBudget:
            let most = DecimalString(nanos: context.effective.maxCostNanos ?? 0).dollars
            limit = "the limit of costs (\(most), spec.limits.maxCost)"
        case .poolBudget: limit = "what the budget of WorkerPool \(context.pool?.name ?? "") has left"
        case .submitted, .stepLimit, .deadline, .formatErrors, .asked, .refused, .cutReplies, .emptyReplies: return
        }
        throw .failed(
            TaskFailure(
                .user, outcome.stopReason.reason,
                "the first call alone could pass \(limit), so the agent never had its turn and nothing is graded: raise it, "
                    + "lower spec.agent.model.maxTokens (\(settings.maxTokens)), or name a cheaper model"))
    }

    private func openConversation() async throws(RunStop) -> ConversationKeeper {
        let task = await context.record.task
        let location = ConversationLocation(
            task, attempt: context.attempt, retain: context.effective.conversationRetention)
        let attempt = context.attempt
        let descriptor = context.model.descriptor
        let priceTable = priceTable
        try await context.record.update { status, _ in
            if !status.conversations.contains(where: { $0.name == location.name }) {
                var link = AIOpsTask.ConversationLink()
                link.name = location.name
                link.attempt = attempt
                status.conversations.append(link)
            }
            var usage = status.usage ?? Usage()
            usage.simulated = descriptor.isSimulated
            usage.priceTable = priceTable
            status.usage = usage
            status.display?.model = DisplayText.model(name: descriptor.name, isSimulated: descriptor.isSimulated)
            status.provenance?.model = descriptor.name
            var result = status.result ?? AIOpsTask.Result()
            result.conversationID = location.name
            status.result = result
        }
        let current = await context.record.task
        let keeper = ConversationKeeper(
            location, task: current, claim: context.record.claim,
            description: ConversationKeeper.Description(
                current, claim: context.record.claim, provider: descriptor.provider),
            client: context.services.client, time: context.services.time)
        do {
            try await Patience(time: context.services.time).again(while: { $0.isRetryable }) {
                () async throws(JournalError) in try await keeper.open()
            }
        } catch {
            throw Self.stop(for: .journal(error), model: descriptor)
        }
        conversation.withLock { $0 = keeper }
        return keeper
    }

    // MARK: What the agent is given

    private var agentTask: AgentTask {
        let problem = context.problem
        let kind: AgentTask.Kind =
            switch problem.taskType {
            case .detection: .detection
            case .localization: .localization
            case .analysis: .analysis
            case .mitigation: .mitigation
            }
        return AgentTask(
            kind: kind, application: problem.application.name, namespace: context.plan.names.application,
            description: ProblemBrief.description(problem, namespace: context.plan.names.application))
    }

    private var strategy: Strategy { context.effective.strategy == .shell ? .shell : .react }

    /// What nobody has said is decided by what is known of the model.
    private var toolStyle: ToolStyle {
        switch context.effective.toolStyle {
        case .native: .native
        case .codeBlock: .codeBlock
        case .auto, .unknown: context.model.descriptor.callsTools ? .native : .codeBlock
        }
    }

    private var settings: Agent.ModelSettings {
        let model = context.effective.model
        return .init(
            maxTokens: model.maxTokens ?? Self.usualReply, temperature: model.temperature?.rawValue,
            topP: model.topP?.rawValue,
            seed: model.seed)
    }

    /// What costs nothing needs nobody's money.
    private var allowance: PoolAllowance? {
        get async {
            guard let pool = context.pool, !context.model.descriptor.isSimulated else { return nil }
            return PoolAllowance(await context.record.task, pool: pool, purse: context.services.purse)
        }
    }

    private var limits: AgentLimits {
        let retry = context.services.traffic.retry(of: context.pool)
        return AgentLimits(
            maxSteps: context.effective.maxSteps, deadline: context.deadline, maxTokens: context.effective.maxTokens,
            maxCost: context.effective.maxCostNanos.map { NanoDollars($0) },
            contextBytes: AgentLimits.contextBytes(
                window: context.model.descriptor.contextTokens, reply: settings.maxTokens),
            lostReplyAttempts: retry.lostReplies, providerPatience: .seconds(retry.patienceSeconds),
            providerDelays: RetryPolicy(
                firstDelay: .seconds(retry.initialDelaySeconds), longestDelay: .seconds(retry.maxDelaySeconds)))
    }

    /// The version for the status; what costs nothing has none.
    private var priceTable: String? { context.model.descriptor.isSimulated ? nil : context.prices.version }

    private var toolbox: ClusterToolbox {
        ClusterToolbox(
            shell: context.shell, client: context.reach, namespace: context.plan.names.application,
            time: context.services.time,
            only: context.effective.tools, redact: context.services.redact)
    }

    // MARK: What it leaves behind

    private func write(
        _ outcome: AgentOutcome, _ sideEffects: ReachAudit.Finding?
    ) async throws(RunStop) {
        let generation = context.generation
        let descriptor = context.model.descriptor
        let isSimulated = descriptor.isSimulated
        let told = outcome.detail ?? outcome.stopReason.told(context)
        let usage = outcome.totals.closed.usage(isSimulated: isSimulated, priceTable: priceTable)
        try await context.record.update { status, now in
            status.end(.running, now: now)
            status.steps = outcome.steps
            status.usage = usage
            var result = status.result ?? AIOpsTask.Result()
            result.stepsTaken = outcome.steps
            result.totalMessages = outcome.totals.messages
            result.safe = sideEffects?.safe
            result.sideEffects = sideEffects?.lines ?? []
            result.submission = outcome.submission.map { ($0.value ?? .null).text.cut(toScalars: 16000) }
            // Left out where there is none: old servers take an empty text for null (type.go of go-openapi/validate).
            result.solution = outcome.submission.flatMap {
                let text = ($0.value?.stringValue ?? $0.value?.text ?? "").cut(toScalars: 16000)
                return text.isEmpty ? nil : text
            }
            status.result = result
            status.display?.tokens = DisplayText.tokens(outcome.totals.usage.totalTokens)
            status.display?.cost = DisplayText.cost(usage)
            status.mark(
                .agentCompleted, .true, outcome.stopReason.reason,
                "\(told), after \(outcome.steps) steps and \(outcome.formatErrors) format errors",
                generation: generation, now: now)
        }
    }

    private func figures(_ outcome: AgentOutcome) async -> RunFigures {
        let stage = await context.record.status.stages.last { $0.name == StageName.running.rawValue }
        let ended = stage?.finishedAt ?? context.services.time.wallNow()
        return RunFigures(
            elapsed: stage?.startedAt.map { ended - $0 } ?? .zero, steps: outcome.steps,
            inputTokens: outcome.totals.usage.inputTokens, outputTokens: outcome.totals.usage.outputTokens)
    }

    private static func stop(for error: AgentError, model: ModelDescriptor) -> RunStop {
        switch error {
        case .cancelled, .journal(.cancelled), .allowance(.cancelled): return .interrupted
        // Whoever holds the claim goes on when the server is back.
        case .allowance(.unavailable(_, let cause)) where PassingFailure.includes(cause): return .interrupted
        case .allowance: return .failed(TaskFailure(.infrastructure, .internalError, "\(error)"))
        case .fenced(let why), .journal(.fenced(let why)): return .abandoned(why)
        case .priceUnknown:
            return .failed(TaskFailure(.user, .priceUnknown, "\(error)"))
        case .model(let cause, let tried):
            return .failed(failure(of: cause, model: model, tried: "\(tried)"))
        case .journal(.full(let why)):
            return .failed(TaskFailure(.user, .conversationStorageFull, why))
        case .journal(.corrupt(let fault)):
            return .failed(TaskFailure(.infrastructure, .conversationDamaged, "\(fault)"))
        case .journal(.conflict(let seq)): return .abandoned("message \(seq) was written by another worker")
        // Whoever holds the claim goes on when the server is back.
        case .journal(.unavailable): return .interrupted
        case .journal(.refused(_, let cause)):
            return .failed(TaskFailure(cause == nil ? .user : .infrastructure, .internalError, "\(error)"))
        case .tool(let tool):
            return .failed(TaskFailure(tool.isUserError ? .user : .infrastructure, .environmentLost, "\(error)"))
        }
    }

    static func failure(of error: ModelError, model: ModelDescriptor, tried: String = "") -> TaskFailure {
        let reason: Reason =
            switch error {
            case .authenticationFailed: .providerAuthFailed
            case .credentialsMissing: .credentialsMissing
            case .addressRefused: .hostNotAllowed
            case .quotaExhausted, .rateLimited, .unavailable, .connectionLost, .timedOut: .providerUnavailable
            case .invalidRequest, .refused, .malformedReply, .cancelled: .providerRefused
            }
        return TaskFailure(
            error.isUserError ? .user : .provider, reason,
            "\(model.provider) \(model.name): \(error)" + (tried.isEmpty ? "" : "; \(tried)"))
    }
}
