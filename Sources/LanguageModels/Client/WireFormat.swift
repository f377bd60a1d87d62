import HTTP
import JSON

/// How a provider is spoken to.
package enum WireFormat: String, Sendable, Hashable, CaseIterable {
    /// OpenAI's chat completions, which OpenRouter and nearly every local server speak as well.
    case chatCompletions
    /// Anthropic's Messages.
    case messages

    /// Behind the base URL.
    var path: String {
        switch self {
        case .chatCompletions: "/chat/completions"
        case .messages: "/messages"
        }
    }

    /// What carries the key, and what each request must say besides.
    func headers(key: Secret?) -> HTTPHeaders {
        var headers = HTTPHeaders()
        switch self {
        case .chatCompletions:
            if let key { headers.set("authorization", "Bearer \(key.reveal())") }
        case .messages:
            headers.set("anthropic-version", "2023-06-01")
            if let key { headers.set("x-api-key", key.reveal()) }
        }
        return headers
    }

    func body(_ request: ModelRequest, _ configuration: ProviderConfiguration) -> [UInt8] {
        switch self {
        case .chatCompletions: ChatCompletionsRequest(request, configuration).jsonBytes()
        case .messages: MessagesRequest(request, configuration).jsonBytes()
        }
    }

    /// An answer that came whole.
    func reply(_ json: JSONValue) throws(MalformedReply) -> ProviderReply {
        switch self {
        case .chatCompletions: try ChatCompletionsReply.read(json)
        case .messages: try MessagesReply.read(json)
        }
    }

    func makeStream(key: Secret?) -> any ReplyStream {
        switch self {
        case .chatCompletions: ChatCompletionsStream(key: key)
        case .messages: MessagesStream(key: key)
        }
    }

    /// Most tokens that a provider adds to a request by itself: its chat template, and the prompt that explains tools.
    func overhead(of request: ModelRequest) -> Int64 {
        let template = 16 * Int64(request.messages.count + request.tools.count) + 256
        return template + (self == .messages && !request.tools.isEmpty ? 1_024 : 0)
    }
}

/// Why an answer is of no use.
struct MalformedReply: Error {
    var reason: String
}
