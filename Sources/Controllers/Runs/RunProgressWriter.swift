import AIOpsAPI
import Agent
import Conversations
import LanguageModels
import Primitives
import Telemetry

/// Shows steps, tokens and money of a running agent in the task's status, at most every ten seconds.
///
/// Invariant: while ``run()`` goes on, what was noted last is in the status within two intervals, however long the agent says
/// nothing more: a call of minutes may follow.
actor RunProgressWriter {
    static let interval = Duration.seconds(10)

    private let context: RunContext
    private let control: RunControl
    private var writtenAt: Duration?
    /// What no status shows yet.
    private var pending: AgentStanding?

    init(context: RunContext, control: RunControl) {
        self.context = context
        self.control = control
    }

    /// Writes what is left over, until it is cancelled.
    func run() async {
        while true {
            do { try await context.services.time.sleep(for: Self.interval) } catch { return }
            await writeIfDue()
        }
    }

    func note(_ standing: AgentStanding) async {
        pending = standing
        await writeIfDue()
    }

    /// Before an end that writes none of this itself.
    func flush() async {
        if let pending { await write(pending) }
    }

    private func writeIfDue() async {
        guard let pending else { return }
        if let writtenAt, context.services.time.monotonicNow() - writtenAt < Self.interval { return }
        await write(pending)
    }

    /// A status that cannot be written now is written with the next one; only losing the task ends the run.
    private func write(_ standing: AgentStanding) async {
        writtenAt = context.services.time.monotonicNow()
        pending = nil
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
