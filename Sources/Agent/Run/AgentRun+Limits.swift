import Conversations
import LanguageModels
import Primitives

extension AgentRun {
    var price: Price? { prices.price(of: model.descriptor, at: now) }

    func reservation(for request: ModelRequest) -> CallReservation {
        let bound = model.worstCase(request)
        return CallReservation(tokens: bound.totalTokens, nanoUSD: price?.worstCase(of: bound).value)
    }

    func cost(of reply: ModelReply) -> MessageCost? {
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

    func exhausted(_ progress: AgentProgress) -> AgentOutcome.StopReason? {
        if progress.steps >= limits.maxSteps { return .stepLimit }
        if progress.formatErrorsInARow >= limits.formatErrorsInARow { return .formatErrors }
        if progress.cutInARow >= limits.uselessRepliesInARow { return .cutReplies }
        if progress.emptyInARow >= limits.uselessRepliesInARow { return .emptyReplies }
        if isAskedToStop() { return .asked }
        return isOver ? .deadline : nil
    }

    func overBudget(
        _ next: CallReservation, _ totals: ConversationTotals
    ) async throws(AgentError) -> AgentOutcome.StopReason? {
        if let most = limits.maxTokens, totals.chargedTokens.saturatingAdd(next.tokens) > most { return .tokenBudget }
        let total = totals.chargedNanoUSD.saturatingAdd(next.nanoUSD ?? 0)
        if let most = limits.maxCost, total > most.value { return .costBudget }
        guard let allowance else { return nil }
        do {
            // Of a lost call at no known price nobody can tell what it came to, but then none is covered either.
            return try await allowance.cover(next.nanoUSD == nil ? nil : NanoDollars(total)) ? nil : .poolBudget
        } catch {
            throw .allowance(error)
        }
    }

    var now: Timestamp { time.wallNow() }
    var remaining: Duration? { limits.deadline.map { $0 - now } }
    var isOver: Bool { remaining.map { $0 <= .zero } ?? false }
}
