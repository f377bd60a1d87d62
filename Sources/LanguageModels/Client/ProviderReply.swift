package import JSON

/// What a provider answered, in the words of no provider.
package struct ProviderReply: Sendable, Hashable {
    package var modelID: String?
    package var content: String
    /// The model declined, in these words; nil when it did not.
    package var refusal: String?
    package var toolCalls: [ToolCall]
    /// Blocks of reasoning that the provider wants back unchanged.
    package var reasoning: [JSONValue]
    package var finishReason: ModelReply.FinishReason
    /// Nothing when the provider reported none.
    package var usage: TokenUsage?
    package var reportedCost: NanoDollars?

    /// Whether the model said nothing at all.
    var isSilent: Bool { content.isEmpty && (refusal ?? "").isEmpty && toolCalls.isEmpty && reasoning.isEmpty }

    init(
        modelID: String? = nil, content: String = "", refusal: String? = nil, toolCalls: [ToolCall] = [],
        reasoning: [JSONValue] = [], finishReason: ModelReply.FinishReason = .stop, usage: TokenUsage? = nil,
        reportedCost: NanoDollars? = nil
    ) {
        self.modelID = modelID
        self.content = content
        self.refusal = refusal
        self.toolCalls = toolCalls
        self.reasoning = reasoning
        self.finishReason = finishReason
        self.usage = usage
        self.reportedCost = reportedCost
    }
}
