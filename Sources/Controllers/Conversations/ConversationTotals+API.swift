import AIOpsAPI
import Conversations

extension ConversationTotals {
    /// The sums in the shape of our kinds.
    ///
    /// A cost that is not known stays absent: unknown is not zero.
    func usage(isSimulated: Bool, priceTable: String?) -> Usage {
        // Figures that a server made up must not make a status that the API refuses for good.
        func bounded(_ tokens: Int64) -> Int64 { min(max(0, tokens), 1_000_000_000_000) }
        var shown = Usage()
        shown.calls = Int64(calls)
        shown.lostCalls = Int64(lostCalls)
        shown.inputTokens = bounded(usage.inputTokens)
        shown.outputTokens = bounded(usage.outputTokens)
        shown.cacheReadTokens = bounded(usage.cacheReadTokens)
        shown.cacheWriteTokens = bounded(usage.cacheWriteTokens)
        shown.reasoningTokens = bounded(usage.reasoningTokens)
        shown.simulated = isSimulated
        // What is simulated says so, and that it measures nothing.
        shown.estimated = usage.isEstimated && !isSimulated
        shown.currency = "USD"
        shown.priceTable = priceTable
        if callsOfUnknownCost == 0 || isSimulated { shown.cost = DecimalString(nanos: totalNanoUSD) }
        if lostCalls > 0, lostCallsOfUnknownCost == 0 { shown.lostCost = DecimalString(nanos: lostNanoUSD) }
        return shown
    }

    func cost(isSimulated: Bool) -> LLMConversation.Cost {
        var shown = LLMConversation.Cost()
        shown.currency = "USD"
        if isSimulated {
            shown.source = .simulated
        } else if callsOfUnknownCost > 0 {
            shown.source = .unpriced
            return shown
        } else {
            shown.source =
                switch costSource {
                case "provider": .provider
                case "local": .local
                default: .priceTable
                }
        }
        shown.inputCost = DecimalString(nanos: inputNanoUSD)
        shown.outputCost = DecimalString(nanos: outputNanoUSD)
        shown.totalCost = DecimalString(nanos: totalNanoUSD)
        return shown
    }
}
