import JSON

/// What a chat-completions server says in one answer, as far as we use it.
///
/// Read with everything optional: compatible servers differ.
enum ChatCompletionsReply {
    static func read(_ json: JSONValue) throws(MalformedReply) -> ProviderReply {
        guard json.objectValue != nil else { throw MalformedReply(reason: "not an object") }
        guard let choice = json["choices"]?[0] else { throw MalformedReply(reason: "no choices") }
        guard let message = choice["message"], message.objectValue != nil else {
            throw MalformedReply(reason: "a choice without a message")
        }
        // Some servers always have the field, and nothing in it.
        let refusal = message["refusal"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        var calls: [ToolCallDraft] = []
        for call in message["tool_calls"]?.arrayValue ?? [] where call.objectValue != nil {
            var draft = ToolCallDraft()
            draft.take(call)
            calls.append(draft)
        }
        return ProviderReply(
            modelID: json["model"]?.stringValue, content: text(message["content"]), refusal: refusal,
            toolCalls: ToolCallDraft.calls(calls),
            finishReason: finishReason(choice["finish_reason"]?.stringValue, isRefusal: refusal != nil),
            usage: usage(json["usage"]), reportedCost: cost(json["usage"]))
    }

    static func finishReason(_ name: String?, isRefusal: Bool) -> ModelReply.FinishReason {
        if isRefusal { return .refusal }
        switch name {
        case "stop", nil: return .stop
        case "length": return .length
        case "tool_calls", "function_call": return .toolCalls
        case "content_filter": return .contentFilter
        case .some(let other): return .other(String(other.prefix(64)))
        }
    }

    /// Content is a text, nothing, or (some servers) a list of parts.
    static func text(_ content: JSONValue?) -> String {
        if let text = content?.stringValue { return text }
        return (content?.arrayValue ?? []).compactMap { $0["text"]?.stringValue }.joined()
    }

    /// Cached tokens are within the prompt's; what is negative or no number counts as 0, which is never charged as it is.
    static func usage(_ json: JSONValue?) -> TokenUsage? {
        guard let json, let prompt = json["prompt_tokens"]?.integerValue else { return nil }
        let details = json["prompt_tokens_details"]
        return TokenUsage(
            inputTokens: max(0, prompt), outputTokens: max(0, json["completion_tokens"]?.integerValue ?? 0),
            cacheReadTokens: max(0, details?["cached_tokens"]?.integerValue ?? 0),
            cacheWriteTokens: max(0, details?["cache_write_tokens"]?.integerValue ?? 0),
            reasoningTokens: max(0, json["completion_tokens_details"]?["reasoning_tokens"]?.integerValue ?? 0))
    }

    /// Only OpenRouter names the money.
    static func cost(_ usage: JSONValue?) -> NanoDollars? {
        switch usage?["cost"] {
        case .some(.integer(let dollars)): NanoDollars(decimal: String(dollars))
        case .some(.number(let text)): NanoDollars(decimal: text)
        default: nil
        }
    }
}
