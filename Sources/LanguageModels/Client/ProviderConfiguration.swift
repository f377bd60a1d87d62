package import HTTP
package import JSON

/// Where and how a provider is asked.
package struct ProviderConfiguration: Sendable {
    /// How the bound on the reply is spelled in chat completions.
    package enum TokenLimitField: String, Sendable, Hashable {
        /// The old name, the only one local servers know.
        case maxTokens = "max_tokens"
        /// What reasoning models of OpenAI insist on.
        case maxCompletionTokens = "max_completion_tokens"
    }

    package var format: WireFormat
    /// The spelling of the API, for instance `OpenAI`.
    package var provider: String
    /// Everything before the format's own path, for instance `https://api.openai.com/v1`.
    package var baseURL: String
    package var model: String
    /// Nothing for local servers that ask for none.
    package var key: Secret?
    package var isAtVendor: Bool
    /// What is known of the model; nothing for what a server of one's own calls by that name.
    package var facts: ModelFacts?
    package var extraHeaders: HTTPHeaders
    /// Written at the end of each body.
    package var extraFields: [(name: String, value: JSONValue)]
    /// Asked, at no cost, whether somebody is there.
    package var probePath: String
    package var tls: TLSConfiguration?
    package var tokenLimitField: TokenLimitField
    /// Whether several calls in one reply are forbidden by `parallel_tool_calls`, which o1, o3 and o4 refuse to be told.
    package var forbidsParallelCalls: Bool
    /// Ask for the reply in pieces.
    ///
    /// On at the vendors' own addresses: a server that died is noticed by its silence, long before the time of the call is over.
    /// Off for compatible servers: nothing tells whether they report usage in a stream, and then it would be a guess.
    package var streams: Bool
    /// Longest silence of a server that streams.
    package var silenceLimit: Duration
    package var connectTimeout: Duration
    /// For one attempt.
    package var attemptTimeout: Duration
    /// Most bytes of one reply.
    package var replyLimit: Int
    /// Most bytes of a whole stream, in which each word has an envelope of some hundred bytes.
    package var streamLimit: Int
    package var retry: RetryPolicy

    private init(_ format: WireFormat, _ provider: String, _ baseURL: String, _ model: String, _ key: Secret?) {
        self.format = format
        self.provider = provider
        self.baseURL = baseURL
        self.model = model
        self.key = key
        isAtVendor = true
        extraHeaders = [:]
        extraFields = []
        probePath = "/models"
        tokenLimitField = .maxTokens
        forbidsParallelCalls = true
        streams = true
        silenceLimit = .seconds(120)
        connectTimeout = .seconds(5)
        attemptTimeout = .seconds(600)
        replyLimit = 10 * 1024 * 1024
        streamLimit = 64 * 1024 * 1024
        retry = RetryPolicy()
    }

    /// OpenAI itself.
    package static func openAI(
        model: String, key: Secret?, baseURL: String? = nil, table: ModelTable = .builtIn
    ) -> ProviderConfiguration {
        var made = ProviderConfiguration(.chatCompletions, "OpenAI", baseURL ?? openAIURL, model, key)
        made.facts = table.facts(model)
        made.tokenLimitField = completionLimit(model)
        made.forbidsParallelCalls = !refusesParallelSwitch(model)
        // A model that reasons says nothing until it has, and nothing keeps the line busy meanwhile.
        made.silenceLimit = .seconds(300)
        return made
    }

    /// Anthropic itself; its pings keep a stream from silence.
    package static func anthropic(
        model: String, key: Secret?, baseURL: String? = nil, table: ModelTable = .builtIn
    ) -> ProviderConfiguration {
        var made = ProviderConfiguration(.messages, "Anthropic", baseURL ?? anthropicURL, model, key)
        made.facts = table.facts(model)
        return made
    }

    /// OpenRouter, told to use only vendors that keep nothing of what they are sent: a system's logs are not for training.
    package static func openRouter(
        model: String, key: Secret?, baseURL: String? = nil, table: ModelTable = .builtIn
    ) -> ProviderConfiguration {
        var made = ProviderConfiguration(.chatCompletions, "OpenRouter", baseURL ?? openRouterURL, model, key)
        made.facts = table.facts(model)
        made.extraHeaders.set("X-OpenRouter-Title", "AIOps Operator")
        made.extraFields = [("provider", ["data_collection": "deny", "zdr": true])]
        // Its list of models is open to everybody; this tells whether the key is good.
        made.probePath = "/key"
        return made
    }

    /// Any server that speaks chat completions; `provider` is who really answers there, where that is known.
    package static func compatible(
        baseURL: String, provider: String = "OpenAICompatible", model: String, key: Secret? = nil
    ) -> ProviderConfiguration {
        var made = ProviderConfiguration(.chatCompletions, provider, baseURL, model, key)
        made.isAtVendor = provider != "OpenAICompatible"
        if provider == "OpenAI" {
            made.tokenLimitField = completionLimit(model)
            made.forbidsParallelCalls = !refusesParallelSwitch(model)
        }
        made.streams = false
        return made
    }

    package static let openAIURL = "https://api.openai.com/v1"
    package static let anthropicURL = "https://api.anthropic.com/v1"
    package static let openRouterURL = "https://openrouter.ai/api/v1"

    /// By its beginning, so that a model that came after the table is asked rightly as well.
    private static func completionLimit(_ model: String) -> TokenLimitField {
        ["o1", "o3", "o4", "gpt-5"].contains { model.hasPrefix($0) } ? .maxCompletionTokens : .maxTokens
    }

    private static func refusesParallelSwitch(_ model: String) -> Bool {
        ["o1", "o3", "o4"].contains { model.hasPrefix($0) }
    }

    var url: String { base + format.path }
    var probeURL: String { base + probePath }

    private var base: String {
        var base = baseURL
        while base.hasSuffix("/") { base.removeLast() }
        // Anthropic's own tools take the address without the version.
        if format == .messages, let scheme = base.firstRange(of: "://"), !base[scheme.upperBound...].contains("/") {
            base += "/v1"
        }
        return base
    }

    /// Host and port; empty for what is no address.
    var authority: String {
        guard let scheme = baseURL.firstRange(of: "://") else { return "" }
        return baseURL[scheme.upperBound...].prefix { !"/?#".contains($0) }.lowercased()
    }

    /// Whether the server runs on this machine.
    var isLoopback: Bool {
        let authority = authority
        if authority.contains("@") { return false }
        if authority.hasPrefix("[::1]") { return true }
        let host = authority.prefix { $0 != ":" }
        if host == "localhost" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil } && parts[0] == "127"
    }
}
