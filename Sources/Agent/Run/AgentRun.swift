package import Conversations
package import LanguageModels
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
    let identity: String
    let task: AgentTask
    /// In the style that a new run has; a run that is taken up has that of its record.
    let prompts: PromptBuilder
    let model: any LanguageModel
    let settings: ModelSettings
    let toolbox: any Toolbox
    let journal: any ConversationJournal
    let limits: AgentLimits
    let allowance: (any Allowance)?
    let prices: PriceTable
    let time: any TimeSource
    let redact: Redaction
    let logger: Logger
    let onProgress: @Sendable (AgentStanding) async -> Void
    let isAskedToStop: @Sendable () -> Bool

    /// Prepares a run; nothing happens before `run`.
    ///
    /// `toolStyle` is how tools are offered and called, unless the record has begun otherwise; `identity` is task uid and attempt
    /// and seeds the hash chain; `redact` takes secrets out of everything that is stored or sent; `onProgress` is called after
    /// each durable flush, for steps, totals and preview in status; `isAskedToStop` is looked at before each call of the model,
    /// so that the current call and its action are finished first.
    package init(
        identity: String, task: AgentTask, strategy: Strategy, toolStyle: ToolStyle = .codeBlock,
        model: any LanguageModel,
        settings: ModelSettings = ModelSettings(), toolbox: any Toolbox, journal: any ConversationJournal,
        limits: AgentLimits = AgentLimits(), allowance: (any Allowance)? = nil, prices: PriceTable = .builtIn,
        time: any TimeSource,
        redact: @escaping Redaction, logger: Logger = .disabled,
        onProgress: @escaping @Sendable (AgentStanding) async -> Void = { _ in },
        isAskedToStop: @escaping @Sendable () -> Bool = { false }
    ) {
        self.identity = identity
        self.task = task
        prompts = PromptBuilder(
            task: task, strategy: strategy, tools: toolbox.tools, maxSteps: limits.maxSteps, style: toolStyle)
        self.model = model
        self.settings = settings
        self.toolbox = toolbox
        self.journal = journal
        self.limits = limits
        self.allowance = allowance
        self.prices = prices
        self.time = time
        self.redact = redact
        self.logger = logger
        self.onProgress = onProgress
        self.isAskedToStop = isAskedToStop
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
            case .declined: return state.outcome(.refused)
            case .open: carry = opening(state.prompts)
            case .ask: carry = [interruption(state.record)]
            case .reject(let error): carry = answers(rejection(error, state), to: state.record.last)
            case .act(let action):
                let outcome = try await act(action, isResumed: isResumed, state.progress)
                carry = answers(outcome, to: state.record.last)
            }
            isResumed = false
            if let stop = try await turn(carry, &state) { return state.outcome(stop) }
        }
    }

    /// What a run has come to that was cut short, by its record alone.
    package func outcomeSoFar() async throws(AgentError) -> AgentOutcome {
        let state = try await load()
        switch state.progress.next {
        case .finished(let submission): return state.outcome(.submitted, submission)
        case .declined: return state.outcome(.refused)
        case .open, .ask, .act, .reject: return state.outcome(.asked)
        }
    }

    struct State {
        var record: ConversationRecord
        var progress: AgentProgress
        let prompts: PromptBuilder

        var standing: AgentStanding { AgentStanding(steps: progress.steps, totals: record.totals) }

        func outcome(_ reason: AgentOutcome.StopReason, _ submission: Submission? = nil) -> AgentOutcome {
            AgentOutcome(
                submission: submission, stopReason: reason, steps: progress.steps, formatErrors: progress.formatErrors,
                totals: record.totals, detail: progress.detail(of: reason))
        }

        mutating func append(_ messages: [ConversationMessage]) -> Flush {
            let flush = record.append(messages)
            for message in flush.messages { progress.take(message) }
            return flush
        }
    }

    private func load() async throws(AgentError) -> State {
        let repair = ConversationRepair(try await stored(), identity: identity)
        if let fault = repair.fault { throw .journal(.corrupt(fault)) }
        let record: ConversationRecord
        do {
            record = try ConversationRecord(identity: identity, entries: repair.entries, redact: redact)
        } catch {
            throw .journal(.corrupt(error))
        }
        var prompts = prompts
        prompts.style = ToolStyle(of: record.messages) ?? prompts.style
        var progress = AgentProgress(
            kind: task.kind, style: prompts.style, names: prompts.offered.map(\.name), replyTokens: settings.maxTokens)
        for message in record.messages { progress.take(message) }
        return State(record: record, progress: progress, prompts: prompts)
    }
}
