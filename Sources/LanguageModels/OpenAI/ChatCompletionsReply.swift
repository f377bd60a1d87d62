import JSON

/// What a chat-completions server says, as far as we use it.
///
/// Decoded with everything optional: compatible servers differ.
struct ChatCompletionsReply {
    var modelID: String?
    var content: String
    var refusal: String?
    var toolCalls: [ToolCall]
    var finishReason: ModelReply.FinishReason
    var usage: TokenUsage?
    var reportedCost: NanoDollars?

    /// - Throws: the reason why the reply is of no use.
    init(_ json: JSONValue) throws(MalformedReply) {
        guard json.objectValue != nil else { throw MalformedReply(reason: "not an object") }
        guard let choice = json["choices"]?[0] else { throw MalformedReply(reason: "no choices") }
        guard let message = choice["message"], message.objectValue != nil else {
            throw MalformedReply(reason: "a choice without a message")
        }
        modelID = json["model"]?.stringValue
        content = Self.text(message["content"])
        refusal = message["refusal"]?.stringValue
        toolCalls = (message["tool_calls"]?.arrayValue ?? []).enumerated().compactMap { index, call in
            guard let function = call["function"], let name = function["name"]?.stringValue else { return nil }
            let arguments = function["arguments"]
            return ToolCall(
                id: call["id"]?.stringValue ?? "call_\(index)", name: name,
                arguments: arguments?.stringValue ?? arguments?.text ?? "{}")
        }
        finishReason = Self.finishReason(choice["finish_reason"]?.stringValue, refusal: refusal)
        usage = Self.usage(json["usage"])
        reportedCost = json["usage"]?["cost"].flatMap { cost in
            switch cost {
            case .integer, .number: NanoDollars(decimal: cost.text)
            default: nil
            }
        }
    }

    struct MalformedReply: Error {
        var reason: String
    }

    private static func finishReason(_ name: String?, refusal: String?) -> ModelReply.FinishReason {
        if refusal != nil { return .refusal }
        switch name {
        case "stop", nil: return .stop
        case "length": return .length
        case "tool_calls", "function_call": return .toolCalls
        case "content_filter": return .contentFilter
        case .some(let other): return .other(String(other.prefix(64)))
        }
    }

    /// Content is a text, nothing, or (some servers) a list of parts.
    private static func text(_ content: JSONValue?) -> String {
        if let text = content?.stringValue { return text }
        return (content?.arrayValue ?? []).compactMap { $0["text"]?.stringValue }.joined()
    }

    private static func usage(_ json: JSONValue?) -> TokenUsage? {
        guard let json, let prompt = json["prompt_tokens"]?.integerValue else { return nil }
        let details = json["prompt_tokens_details"]
        return TokenUsage(
            inputTokens: max(0, prompt), outputTokens: max(0, json["completion_tokens"]?.integerValue ?? 0),
            cacheReadTokens: max(0, details?["cached_tokens"]?.integerValue ?? 0),
            cacheWriteTokens: max(0, details?["cache_write_tokens"]?.integerValue ?? 0),
            reasoningTokens: max(0, json["completion_tokens_details"]?["reasoning_tokens"]?.integerValue ?? 0))
    }
}
