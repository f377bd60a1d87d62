package import Primitives

/// What is known of one model besides its price.
package struct ModelFacts: Sendable, Hashable {
    /// Who makes it, and serves it at an address of his own where we speak to that.
    package enum Vendor: String, Sendable, Hashable, CaseIterable {
        case openAI = "OpenAI"
        case anthropic = "Anthropic"
        /// Reached through OpenRouter, or on a server of one's own.
        case others = "OpenRouter"
    }

    package struct Retirement: Sendable, Hashable {
        /// Nothing when only the fact is known.
        package var on: Timestamp?
        package var successor: String
    }

    /// As its vendor spells it; of other vendors, as OpenRouter does.
    package var name: String
    package var vendor: Vendor
    /// As OpenRouter spells it.
    package var openRouterName: String
    /// Shorter spellings that mean it.
    package var shorthands: [String]
    /// Input and output together.
    package var contextTokens: Int?
    /// Most tokens of one reply.
    package var outputTokens: Int?
    /// Whether `temperature` and `top_p` are taken; a model that reasons refuses them.
    package var acceptsSampling: Bool
    /// Whether tools are offered to it natively.
    package var callsTools: Bool
    package var retirement: Retirement?

    package func isRetired(at moment: Timestamp) -> Bool {
        guard let retirement else { return false }
        return retirement.on.map { $0 <= moment } ?? true
    }
}
