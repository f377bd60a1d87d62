package import Conversations
import JSON
package import LanguageModels
import Lifecycle
package import Primitives
package import Telemetry

/// One agent at work on one task, from the first prompt to an outcome, across any number of crashes.
///
/// Invariants:
/// - Everything that happens is first in the journal: the outcome of a tool with the reservation for the next call before
///   the model is asked, the reply before its action is done.
/// - A reply that is recorded is never asked for again; a call whose reply is not recorded stays charged at its worst case.
/// - Charged sums plus the worst case of the next call never pass the budget.
/// - What the model is sent, and what is made of its replies, comes from the record alone (redacted and bounded).
package struct AgentRun: Sendable {
    private let identity: String
    private let task: AgentTask
    private let prompts: PromptBuilder
    private let model: any LanguageModel
    private let settings: ModelSettings
    private let toolbox: any Toolbox
    private let journal: any ConversationJournal
    private let limits: AgentLimits
    private let prices: PriceTable
    private let time: any TimeSource
    private let redact: Redaction
    private let logger: Logger
    private let onProgress: @Sendable (ConversationRecord) async -> Void

    /// Prepares a run; nothing happens before `run`.
    ///
    /// `identity` is task uid and attempt and seeds the hash chain; `redact` takes secrets out of everything that is stored
    /// or sent; `onProgress` is called after each durable flush, for totals and preview in status.
    package init(
        identity: String, task: AgentTask, strategy: Strategy, model: any LanguageModel,
        settings: ModelSettings = ModelSettings(), toolbox: any Toolbox, journal: any ConversationJournal,
        limits: AgentLimits = AgentLimits(), prices: PriceTable = .builtIn, time: any TimeSource,
        redact: @escaping Redaction, logger: Logger = .disabled,
        onProgress: @escaping @Sendable (ConversationRecord) async -> Void = { _ in }
    ) {
        self.identity = identity
        self.task = task
        prompts = PromptBuilder(task: task, strategy: strategy, tools: toolbox.tools, maxSteps: limits.maxSteps)
        self.model = model
        self.settings = settings
        self.toolbox = toolbox
        self.journal = journal
        self.limits = limits
        self.prices = prices
        self.time = time
        self.redact = redact
        self.logger = logger
        self.onProgress = onProgress
    }

    /// Runs, or goes on from where the journal ends.
    package func run() async throws(AgentError) -> AgentOutcome {
        var state = try await load()
        if limits.maxCost != nil, price == nil { throw .priceUnknown(model: model.descriptor.name) }
        var isResumed = state.progress.next != .open
        while true {
            if Task.isCancelled { throw .cancelled }
            var carry: [ConversationMessage] = []
            switch state.progress.next {
            case .finished(let submission): return state.outcome(.submitted, submission)
            case .open: carry = opening()
            case .ask: carry = [interruption(state.record)]
            case .reject(let error): carry = [rejection(error, state.progress)]
            case .act(let action): carry = [try await act(action, isResumed: isResumed, state.progress)]
            }
            isResumed = false
            if let stop = try await turn(carry, &state) { return state.outcome(stop) }
        }
    }

    private struct State {
        var record: ConversationRecord
        var progress: AgentProgress

        func outcome(_ reason: AgentOutcome.StopReason, _ submission: Submission? = nil) -> AgentOutcome {
            AgentOutcome(
                submission: submission, stopReason: reason, steps: progress.steps, formatErrors: progress.formatErrors,
                totals: record.totals)
        }

        mutating func append(_ messages: [ConversationMessage]) -> Flush {
            let flush = record.append(messages)
            for message in flush.messages { progress.take(message) }
            return flush
        }
    }

    private func load() async throws(AgentError) -> State {
        let flushes: [Flush]
        do { flushes = try await journal.load() } catch { throw agentError(error) }
        let repair = ConversationRepair(flushes, identity: identity)
        if let fault = repair.fault { throw .journal(.corrupt(fault)) }
        let record: ConversationRecord
        do {
            record = try ConversationRecord(identity: identity, entries: repair.entries, redact: redact)
        } catch {
            throw .journal(.corrupt(error))
        }
        let parser = ActionParser(names: prompts.offered.map(\.name))
        var progress = AgentProgress(kind: task.kind, parser: parser)
        for message in record.messages { progress.take(message) }
        return State(record: record, progress: progress)
    }

    // MARK: A turn of the model

    /// Stores what has happened, asks the model, stores its reply.
    ///
    /// - Returns: the limit that ended the run, if one did.
    private func turn(
        _ messages: [ConversationMessage], _ state: inout State
    ) async throws(AgentError) -> AgentOutcome.StopReason? {
        var carry = messages
        for attempt in 1... {
            if let stop = exhausted(state.progress) {
                try await conclude(carry, &state)
                return stop
            }
            let request = request(after: carry, state.record)
            let reservation = reservation(for: request)
            if let stop = overBudget(reservation, state.record.totals) {
                try await conclude(carry, &state)
                return stop
            }
            if let last = carry.indices.last { carry[last].reservation = reservation }
            try await persist(state.append(carry), state.record)
            let failure: ModelError
            do {
                let reply = try await model.complete(request)
                try await persist(state.append([message(for: reply, state.progress)]), state.record)
                return nil
            } catch let error as ModelError {
                failure = error
            } catch let error as AgentError {
                throw error
            } catch {
                throw .model(.unavailable(String(describing: error)))
            }
            if failure == .cancelled || Task.isCancelled { throw .cancelled }
            logger.warning("the model did not answer", ["reason": "\(failure)", "attempt": "\(attempt)"])
            if !failure.mayHaveBeenCharged {
                try await persist(state.append([AgentNotice.refused("\(failure)", at: now)]), state.record)
                if isOver { return .deadline }
                throw .model(failure)
            }
            if isOver { return .deadline }
            if attempt >= limits.lostReplyAttempts || !failure.isRetryable { throw .model(failure) }
            try await pause(attempt)
            carry = [AgentNotice.lostReply("\(failure)", at: now)]
        }
        return nil
    }

    /// Stores the last outcome of a run that a limit ends; notices would only say that nothing follows.
    private func conclude(_ carry: [ConversationMessage], _ state: inout State) async throws(AgentError) {
        if state.progress.next == .open || carry.contains(where: AgentNotice.isNotice) { return }
        try await persist(state.append(carry), state.record)
    }

    private func request(after carry: [ConversationMessage], _ record: ConversationRecord) -> ModelRequest {
        var ahead = record
        _ = ahead.append(carry)
        return ModelRequest(
            messages: ContextWindow(limit: limits.contextBytes).messages(ahead.messages),
            maxTokens: settings.maxTokens, temperature: settings.temperature, topP: settings.topP, seed: settings.seed,
            timeLimit: min(remaining ?? .seconds(600), .seconds(600)), lostReply: .report)
    }

    private func message(for reply: ModelReply, _ progress: AgentProgress) -> ConversationMessage {
        var message = ConversationMessage(
            timestamp: now, role: .assistant, content: redact(reply.content),
            metadata: [
                "step": .integer(Int64(progress.steps + 1)), "phase": "agent", "model": .string(reply.modelID),
                "finish": .string(reply.finishReason.name),
            ],
            usage: MessageUsage(reply.usage), cost: cost(of: reply), latencyMilliseconds: reply.latency.milliseconds)
        if model.descriptor.isSimulated { message.metadata["simulated"] = true }
        switch progress.reading(message.content) {
        case .act(let action):
            message.metadata["action"] = .string(action.name)
            message.functionName = action.name
            message.functionArguments = action.json
        case .finished(let submission):
            message.metadata["action"] = "submit"
            message.functionName = "submit"
            message.functionArguments = submission.value
        case .reject, .open, .ask: message.metadata["action"] = "none"
        }
        return message
    }

    // MARK: Money and limits

    private var price: Price? { prices.price(of: model.descriptor, at: now) }

    private func reservation(for request: ModelRequest) -> CallReservation {
        let bound = model.worstCase(request)
        return CallReservation(tokens: bound.totalTokens, nanoUSD: price?.worstCase(of: bound).value)
    }

    private func cost(of reply: ModelReply) -> MessageCost? {
        if let reported = reply.reportedCost {
            return MessageCost(inputNanoUSD: 0, outputNanoUSD: 0, totalNanoUSD: reported.value, source: "provider")
        }
        return price.map { price in
            let cost = price.cost(of: reply.usage)
            return MessageCost(
                inputNanoUSD: cost.input.value, outputNanoUSD: cost.output.value, totalNanoUSD: cost.total.value,
                source: cost.source)
        }
    }

    private func exhausted(_ progress: AgentProgress) -> AgentOutcome.StopReason? {
        if progress.steps >= limits.maxSteps { return .stepLimit }
        if progress.formatErrorsInARow >= limits.formatErrorsInARow { return .formatErrors }
        return isOver ? .deadline : nil
    }

    private func overBudget(_ next: CallReservation, _ totals: ConversationTotals) -> AgentOutcome.StopReason? {
        if let most = limits.maxTokens, totals.chargedTokens.saturatingAdd(next.tokens) > most { return .tokenBudget }
        if let most = limits.maxCost, totals.chargedNanoUSD.saturatingAdd(next.nanoUSD ?? 0) > most.value {
            return .costBudget
        }
        return nil
    }

    private var now: Timestamp { time.wallNow() }
    private var remaining: Duration? { limits.deadline.map { $0 - now } }
    private var isOver: Bool { remaining.map { $0 <= .zero } ?? false }

    // MARK: Hands

    /// Does the action and makes its outcome a message.
    private func act(
        _ action: AgentAction, isResumed: Bool, _ progress: AgentProgress
    ) async throws(AgentError) -> ConversationMessage {
        let start = time.monotonicNow()
        let isRepeatable = isRepeatable(action)
        var observation = Self.unknownOutcome
        if !isResumed || isRepeatable { observation = try await perform(action, isRepeatable: isRepeatable) }
        var message = ConversationMessage(
            timestamp: now, role: .function,
            content: OutputBound.bounded(redact(observation.text), bytes: limits.observationBytes),
            functionName: action.name, functionArguments: action.json,
            metadata: ["step": .integer(Int64(progress.steps)), "phase": "observation"],
            latencyMilliseconds: (time.monotonicNow() - start).milliseconds)
        if !observation.metadata.isEmpty { message.functionResult = .object(observation.metadata) }
        return message
    }

    private func perform(_ action: AgentAction, isRepeatable: Bool) async throws(AgentError) -> Observation {
        for attempt in 1... {
            let failure: ToolError
            do {
                return try await withinTime(action)
            } catch {
                failure = error
            }
            if failure.isCancelled || Task.isCancelled { throw .cancelled }
            if !failure.isRetryable || !isRepeatable || attempt >= 3 { throw .tool(failure) }
            logger.warning("a tool failed and is tried again", ["tool": .string(action.name), "reason": "\(failure)"])
            try await pause(attempt)
        }
        return Self.unknownOutcome
    }

    private func withinTime(_ action: AgentAction) async throws(ToolError) -> Observation {
        guard let remaining else { return try await toolbox.perform(action) }
        let toolbox = toolbox
        do {
            return try await withDeadline(remaining, time: time) { try await toolbox.perform(action) }
        } catch is DeadlineExceeded {
            return Observation(text: "The time for the whole task was over before the call ended.")
        } catch let error as ToolError {
            throw error
        } catch {
            throw ToolError(
                "\(error)", isRetryable: false, isCancelled: error is CancellationError, cause: error)
        }
    }

    private func isRepeatable(_ action: AgentAction) -> Bool {
        switch prompts.offered.first(where: { $0.name == action.name })?.effect {
        case .readOnly: true
        case .shell(let argument):
            action.string(argument, at: 0).map(ReadOnlyCommands.isReadOnly) ?? false
        case .mutating, nil: false
        }
    }

    private static let unknownOutcome = Observation(
        text: "The outcome of this call is unknown: the connection was lost while it ran. It may or may not have taken "
            + "effect. Look at the present state before you do it again.",
        metadata: ["outcome": "unknown"])

    // MARK: Messages

    private func opening() -> [ConversationMessage] {
        [
            ConversationMessage(timestamp: now, role: .system, content: prompts.system, metadata: ["phase": "prompt"]),
            ConversationMessage(timestamp: now, role: .user, content: prompts.opening, metadata: ["phase": "prompt"]),
        ]
    }

    private func rejection(_ error: FormatError, _ progress: AgentProgress) -> ConversationMessage {
        ConversationMessage(
            timestamp: now, role: .user, content: error.description,
            metadata: ["phase": "formatError", "formatErrors": .integer(Int64(progress.formatErrors))])
    }

    private func interruption(_ record: ConversationRecord) -> ConversationMessage {
        record.totals.open == nil
            ? AgentNotice.resumed(at: now) : AgentNotice.lostReply("the run was interrupted", at: now)
    }

    // MARK: Journal

    /// Returns when the flush is durable.
    ///
    /// A conflict is harmless when the stored flush is this one (an answer was lost), and means that another worker
    /// took over when it is not.
    private func persist(_ flush: Flush, _ record: ConversationRecord) async throws(AgentError) {
        for attempt in 1... {
            let failure: JournalError
            do {
                try await journal.append(flush)
                await onProgress(record)
                return
            } catch {
                failure = error
            }
            if case .conflict = failure {
                let stored: [Flush]
                do { stored = try await journal.load() } catch { throw agentError(error) }
                if stored.contains(flush) {
                    await onProgress(record)
                    return
                }
                throw .fenced("message \(flush.firstSeq) was written by another worker")
            }
            if !failure.isRetryable || attempt >= 5 { throw agentError(failure) }
            try await pause(attempt)
        }
    }

    private func agentError(_ error: JournalError) -> AgentError {
        switch error {
        case .fenced(let reason): .fenced(reason)
        case .cancelled: .cancelled
        default: .journal(error)
        }
    }

    /// 2, 4, 8, 8 … seconds, never beyond the deadline.
    private func pause(_ attempt: Int) async throws(AgentError) {
        let delay = Duration.seconds(1 << min(attempt, 3))
        do { try await time.sleep(for: min(delay, max(.zero, remaining ?? delay))) } catch { throw .cancelled }
    }
}

extension MessageUsage {
    init(_ usage: TokenUsage) {
        self.init(
            inputTokens: usage.inputTokens, outputTokens: usage.outputTokens, cacheReadTokens: usage.cacheReadTokens,
            cacheWriteTokens: usage.cacheWriteTokens, reasoningTokens: usage.reasoningTokens,
            isEstimated: usage.isEstimated)
    }
}
