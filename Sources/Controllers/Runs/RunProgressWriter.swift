import AIOpsAPI
import Agent
import Conversations
import LanguageModels
import Primitives
import Telemetry

/// Shows steps, tokens and money of a running agent in the task's status, at most every ten seconds.
actor RunProgressWriter {
    static let interval = Duration.seconds(10)

    private let context: RunContext
    private let control: RunControl
    private var writtenAt: Duration?

    init(context: RunContext, control: RunControl) {
        self.context = context
        self.control = control
    }

    /// A status that cannot be written now is written with the next one; only losing the task ends the run.
    func note(_ standing: AgentStanding) async {
        let now = context.services.time.monotonicNow()
        if let writtenAt, now - writtenAt < Self.interval { return }
        writtenAt = now
        let isSimulated = context.model.descriptor.isSimulated
        let totals = standing.totals
        do {
            try await context.record.update { status, _ in
                status.steps = standing.steps
                let usage = totals.usage(isSimulated: isSimulated, priceTable: status.usage?.priceTable)
                status.usage = usage
                status.display?.tokens = DisplayText.tokens(totals.usage.totalTokens)
                status.display?.cost = DisplayText.cost(usage)
            }
        } catch {
            if case .abandoned = error { control.ask(.abandon) }
            context.services.logger.info(
                "progress not written", ["task": "\(context.record.key)", "error": .describing(error)])
        }
    }
}
