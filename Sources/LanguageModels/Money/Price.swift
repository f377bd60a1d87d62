/// What one token of each kind costs.
package struct Price: Sendable, Hashable {
    package var input: NanoDollars
    package var output: NanoDollars
    /// Nothing when no figure is known: such tokens are charged like other input.
    package var cacheRead: NanoDollars?
    package var cacheWrite: NanoDollars?
    /// Dearer figures for a call with more input than `above` tokens.
    package var longContext: LongContext?
    /// Where the figures come from, for the record.
    package var source: String

    package struct LongContext: Sendable, Hashable {
        package var above: Int64
        package var input: NanoDollars
        package var output: NanoDollars
        package var cacheRead: NanoDollars?
        package var cacheWrite: NanoDollars?
    }

    package static func free(_ source: String) -> Price {
        Price(input: .zero, output: .zero, cacheRead: .zero, cacheWrite: .zero, source: source)
    }

    /// The bill of one call.
    package func cost(of usage: TokenUsage) -> CallCost {
        let long = longContext.flatMap { usage.inputTokens > $0.above ? $0 : nil }
        let input = long?.input ?? input
        let read = min(max(0, usage.cacheReadTokens), max(0, usage.inputTokens))
        let write = min(max(0, usage.cacheWriteTokens), max(0, usage.inputTokens) - read)
        let fresh = max(0, usage.inputTokens) - read - write
        let readPrice = long.map { $0.cacheRead ?? input } ?? cacheRead ?? input
        let writePrice = long.map { $0.cacheWrite ?? input } ?? cacheWrite ?? input
        let sum = input * fresh + readPrice * read + writePrice * write
        return CallCost(input: sum, output: (long?.output ?? output) * usage.outputTokens, source: source)
    }

    /// The most a call can cost whose usage is at most `bound`: every input token at the dearest input price.
    package func worstCase(of bound: TokenUsage) -> NanoDollars {
        let long = longContext.flatMap { bound.inputTokens > $0.above ? $0 : nil }
        let inputs = [input, cacheRead, cacheWrite, long?.input, long?.cacheRead, long?.cacheWrite].compactMap { $0 }
        let outputs = [output, long?.output].compactMap { $0 }
        return (inputs.max() ?? input) * bound.inputTokens + (outputs.max() ?? output) * bound.outputTokens
    }
}

/// Money of one call.
package struct CallCost: Sendable, Hashable {
    package var input: NanoDollars
    package var output: NanoDollars
    package var source: String
    package var total: NanoDollars { input + output }

    package init(input: NanoDollars, output: NanoDollars, source: String) {
        self.input = input
        self.output = output
        self.source = source
    }
}
