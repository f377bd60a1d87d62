import JSON

/// What Anthropic's Messages says in one answer, as far as we use it.
enum MessagesReply {
    static func read(_ json: JSONValue) throws(MalformedReply) -> ProviderReply {
        guard json.objectValue != nil else { throw MalformedReply(reason: "not an object") }
        guard let content = json["content"]?.arrayValue else { throw MalformedReply(reason: "no content") }
        let blocks = content.map(MessagesBlock.init)
        return reply(
            blocks, modelID: json["model"]?.stringValue, stopReason: json["stop_reason"]?.stringValue,
            usage: MessagesUsage(json["usage"]))
    }

    static func reply(
        _ blocks: [MessagesBlock], modelID: String?, stopReason: String?, usage: MessagesUsage
    ) -> ProviderReply {
        let reason = finishReason(stopReason)
        let content = blocks.map(\.text).joined()
        return ProviderReply(
            modelID: modelID, content: content, refusal: reason == .refusal ? content : nil,
            toolCalls: blocks.compactMap(\.call), reasoning: blocks.compactMap(\.reasoning), finishReason: reason,
            usage: usage.tokens)
    }

    private static func finishReason(_ name: String?) -> ModelReply.FinishReason {
        switch name {
        case "end_turn", "stop_sequence", nil: .stop
        case "max_tokens", "model_context_window_exceeded": .length
        case "tool_use": .toolCalls
        case "refusal": .refusal
        case .some(let other): .other(String(other.prefix(64)))
        }
    }
}
