package import JSON

/// What a model answered, and what it used.
package struct ModelReply: Sendable, Hashable {
    package enum FinishReason: Sendable, Hashable {
        case stop, length, toolCalls, contentFilter
        /// The model declined; its words are the content.
        case refusal
        case other(String)

        package var name: String {
            switch self {
            case .stop: "stop"
            case .length: "length"
            case .toolCalls: "tool_calls"
            case .contentFilter: "content_filter"
            case .refusal: "refusal"
            case .other(let name): name
            }
        }
    }

    package var content: String
    package var toolCalls: [ToolCall]
    /// Blocks of reasoning that the provider wants back unchanged with the next request, where tools are called natively.
    package var reasoning: [JSONValue]
    package var finishReason: FinishReason
    package var usage: TokenUsage
    /// Money as the provider reports it (only some do); preferred to the price table.
    package var reportedCost: NanoDollars?
    /// The model that really answered, as the server names it.
    package var modelID: String
    /// From the request to the whole reply, retries included.
    package var latency: Duration

    package init(
        content: String, toolCalls: [ToolCall] = [], reasoning: [JSONValue] = [],
        finishReason: FinishReason = .stop, usage: TokenUsage, reportedCost: NanoDollars? = nil, modelID: String,
        latency: Duration = .zero
    ) {
        self.content = content
        self.toolCalls = toolCalls
        self.reasoning = reasoning
        self.finishReason = finishReason
        self.usage = usage
        self.reportedCost = reportedCost
        self.modelID = modelID
        self.latency = latency
    }
}
