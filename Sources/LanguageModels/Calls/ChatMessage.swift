package import JSON

/// One turn of a chat as a model sees it.
package struct ChatMessage: Sendable, Hashable {
    package enum Role: String, Sendable, Hashable {
        case system, user, assistant, tool
    }

    package var role: Role
    package var content: String
    /// What an assistant asked for by native tool calls.
    package var toolCalls: [ToolCall]
    /// Which call a `tool` message answers.
    package var toolCallID: String?
    /// Of an assistant: what `ModelReply.reasoning` held, for a provider that wants it back.
    package var reasoning: [JSONValue]

    package init(
        role: Role, content: String, toolCalls: [ToolCall] = [], toolCallID: String? = nil, reasoning: [JSONValue] = []
    ) {
        self.role = role
        self.content = content
        self.toolCalls = toolCalls
        self.toolCallID = toolCallID
        self.reasoning = reasoning
    }
}
