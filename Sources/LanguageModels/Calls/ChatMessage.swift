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

    package init(role: Role, content: String, toolCalls: [ToolCall] = [], toolCallID: String? = nil) {
        self.role = role
        self.content = content
        self.toolCalls = toolCalls
        self.toolCallID = toolCallID
    }
}

/// A native tool call of a model.
package struct ToolCall: Sendable, Hashable {
    package var id: String
    package var name: String
    /// JSON as text, exactly as the model wrote it: it may be invalid.
    package var arguments: String

    package init(id: String, name: String, arguments: String) {
        self.id = id
        self.name = name
        self.arguments = arguments
    }
}
