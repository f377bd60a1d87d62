package import HTTP

/// Where and how a chat-completions server is asked.
package struct OpenAICompatibleConfiguration: Sendable {
    /// How the bound on the reply is spelled.
    package enum TokenLimitField: String, Sendable, Hashable {
        /// The old name, the only one local servers know.
        case maxTokens = "max_tokens"
        /// What reasoning models of OpenAI insist on.
        case maxCompletionTokens = "max_completion_tokens"
    }

    /// Everything before `/chat/completions`, for instance `https://api.openai.com/v1`.
    package var baseURL: String
    package var provider: String
    package var model: String
    /// Nothing for local servers that ask for none.
    package var key: Secret?
    package var extraHeaders: HTTPHeaders
    package var tls: TLSConfiguration?
    package var tokenLimitField: TokenLimitField
    package var connectTimeout: Duration
    /// For one attempt.
    package var attemptTimeout: Duration
    package var replyLimit: Int
    package var retry: RetryPolicy

    package init(
        baseURL: String, provider: String = "OpenAICompatible", model: String, key: Secret? = nil,
        extraHeaders: HTTPHeaders = [:], tls: TLSConfiguration? = nil, tokenLimitField: TokenLimitField? = nil,
        connectTimeout: Duration = .seconds(5), attemptTimeout: Duration = .seconds(600),
        replyLimit: Int = 10 * 1024 * 1024, retry: RetryPolicy = RetryPolicy()
    ) {
        self.baseURL = baseURL
        self.provider = provider
        self.model = model
        self.key = key
        self.extraHeaders = extraHeaders
        self.tls = tls
        self.tokenLimitField = tokenLimitField ?? Self.usualField(provider: provider, model: model)
        self.connectTimeout = connectTimeout
        self.attemptTimeout = attemptTimeout
        self.replyLimit = replyLimit
        self.retry = retry
    }

    private static func usualField(provider: String, model: String) -> TokenLimitField {
        let reasoning = ["o1", "o3", "o4", "gpt-5"]
        return provider == "OpenAI" && reasoning.contains { model.hasPrefix($0) } ? .maxCompletionTokens : .maxTokens
    }

    var url: String { base + "/chat/completions" }

    /// Lists the models: the one request that costs nothing wherever it is served.
    var modelsURL: String { base + "/models" }

    private var base: String {
        var base = baseURL
        while base.hasSuffix("/") { base.removeLast() }
        return base
    }

    /// Whether the server runs on this machine.
    var isLoopback: Bool {
        guard let scheme = baseURL.firstRange(of: "://") else { return false }
        let rest = baseURL[scheme.upperBound...]
        let authority = rest.prefix { !"/?#".contains($0) }
        if authority.contains("@") { return false }
        if authority.hasPrefix("[::1]") { return true }
        let host = authority.prefix { $0 != ":" }
        if host == "localhost" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil } && parts[0] == "127"
    }
}
