package import JSON

/// One turn of a chat as a model sees it.
package struct ChatMessage: Sendable, Hashable {
    package enum Role: String, Sendable, Hashable {
        case system, user, assistant, tool
    }

    package var role: Role
    /// Whoever keeps what was said keeps `said` with it; the words around it are the same for many messages.
    private var lead: String
    private var said: String
    private var tail: String
    /// What an assistant asked for by native tool calls.
    package var toolCalls: [ToolCall]
    /// Which call a `tool` message answers.
    package var toolCallID: String?
    /// Of an assistant: what `ModelReply.reasoning` held, for a provider that wants it back.
    package var reasoning: [JSONValue]

    /// Its content is `lead`, `content` and `tail` in a row, put together only when it is asked for: a long text that is kept
    /// elsewhere is not held a second time by every request that waits for its reply.
    package init(
        role: Role, lead: String = "", content: String, tail: String = "", toolCalls: [ToolCall] = [],
        toolCallID: String? = nil, reasoning: [JSONValue] = []
    ) {
        self.role = role
        self.lead = lead
        said = content
        self.tail = tail
        self.toolCalls = toolCalls
        self.toolCallID = toolCallID
        self.reasoning = reasoning
    }

    package var content: String {
        get { lead.isEmpty && tail.isEmpty ? said : lead + said + tail }
        set { (lead, said, tail) = ("", newValue, "") }
    }

    package var contentBytes: Int { lead.utf8.count + said.utf8.count + tail.utf8.count }

    /// By what a model sees of them.
    package static func == (one: Self, other: Self) -> Bool {
        one.role == other.role && one.content == other.content && one.toolCalls == other.toolCalls
            && one.toolCallID == other.toolCallID && one.reasoning == other.reasoning
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(role)
        hasher.combine(content)
        hasher.combine(toolCalls)
        hasher.combine(toolCallID)
    }
}
