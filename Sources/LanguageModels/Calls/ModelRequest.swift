package import JSON

/// A tool as it is offered to a model natively.
package struct ToolDefinition: Sendable, Hashable {
    package var name: String
    package var description: String
    /// JSON Schema of the arguments.
    package var parameters: JSONValue

    package init(name: String, description: String, parameters: JSONValue) {
        self.name = name
        self.description = description
        self.parameters = parameters
    }
}

/// One call of a model.
package struct ModelRequest: Sendable, Hashable {
    /// What to do when a reply may have been produced (and billed) but did not arrive.
    package enum LostReply: Sendable, Hashable {
        /// Ask again like after any passing failure.
        case retry
        /// Report it at once: the caller counts the lost reply and asks again under a new reservation.
        case report
    }

    package var messages: [ChatMessage]
    package var tools: [ToolDefinition]
    /// Most tokens of the reply.
    package var maxTokens: Int
    /// A decimal number as text; nothing leaves it to the server.
    package var temperature: String?
    /// A decimal number as text; nothing leaves it to the server.
    package var topP: String?
    package var seed: Int64?
    /// Time for the call with all its retries.
    package var timeLimit: Duration
    package var lostReply: LostReply
    /// Replies that came before, also those that are left out of `messages` to save space.
    package var turn = 0
    /// Most requests that may be sent for the call; nothing leaves it to the client.
    package var attempts: Int?

    package init(
        messages: [ChatMessage], tools: [ToolDefinition] = [], maxTokens: Int = 4096, temperature: String? = nil,
        topP: String? = nil, seed: Int64? = nil, timeLimit: Duration = .seconds(600), lostReply: LostReply = .retry,
        attempts: Int? = nil
    ) {
        self.messages = messages
        self.tools = tools
        self.maxTokens = maxTokens
        self.temperature = temperature
        self.topP = topP
        self.seed = seed
        self.timeLimit = timeLimit
        self.lostReply = lostReply
        self.attempts = attempts
    }
}
