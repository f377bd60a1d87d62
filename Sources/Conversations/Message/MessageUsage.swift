import Primitives

/// Tokens of one model call.
///
/// Cached tokens are part of `inputTokens`, reasoning tokens of `outputTokens`.
package struct MessageUsage: Sendable, Hashable {
    package var inputTokens: Int64
    package var outputTokens: Int64
    package var cacheReadTokens: Int64
    package var cacheWriteTokens: Int64
    package var reasoningTokens: Int64
    /// True when the figures are our estimate (simulated model, or a server that reports none).
    package var isEstimated: Bool

    package init(
        inputTokens: Int64 = 0, outputTokens: Int64 = 0, cacheReadTokens: Int64 = 0, cacheWriteTokens: Int64 = 0,
        reasoningTokens: Int64 = 0, isEstimated: Bool = false
    ) {
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.cacheReadTokens = cacheReadTokens
        self.cacheWriteTokens = cacheWriteTokens
        self.reasoningTokens = reasoningTokens
        self.isEstimated = isEstimated
    }

    package var totalTokens: Int64 { inputTokens.saturatingAdd(outputTokens) }

    mutating func add(_ other: MessageUsage) {
        inputTokens = inputTokens.saturatingAdd(other.inputTokens)
        outputTokens = outputTokens.saturatingAdd(other.outputTokens)
        cacheReadTokens = cacheReadTokens.saturatingAdd(other.cacheReadTokens)
        cacheWriteTokens = cacheWriteTokens.saturatingAdd(other.cacheWriteTokens)
        reasoningTokens = reasoningTokens.saturatingAdd(other.reasoningTokens)
        isEstimated = isEstimated || other.isEstimated
    }
}

/// Money of one model call in integer nano-dollars, and where the figure comes from (`table 2026-08`, `provider`, …).
package struct MessageCost: Sendable, Hashable {
    package var inputNanoUSD: Int64
    package var outputNanoUSD: Int64
    /// May differ from the sum of the two when the provider reports only a total.
    package var totalNanoUSD: Int64
    package var source: String

    package init(inputNanoUSD: Int64, outputNanoUSD: Int64, totalNanoUSD: Int64, source: String) {
        self.inputNanoUSD = inputNanoUSD
        self.outputNanoUSD = outputNanoUSD
        self.totalNanoUSD = totalNanoUSD
        self.source = source
    }
}

/// The most a model call can use, written before the call is made.
package struct CallReservation: Sendable, Hashable {
    package var tokens: Int64
    /// Nothing when the price is unknown (allowed only without a cost limit).
    package var nanoUSD: Int64?

    package init(tokens: Int64, nanoUSD: Int64?) {
        self.tokens = tokens
        self.nanoUSD = nanoUSD
    }
}
