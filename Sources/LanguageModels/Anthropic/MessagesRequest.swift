import JSON

/// The body of `POST /messages`.
///
/// The system prompt stands apart, turns alternate between user and assistant, and what a tool gave is the beginning of the
/// user's next turn.
struct MessagesRequest: JSONEncodable {
    private let request: ModelRequest
    private let configuration: ProviderConfiguration

    init(_ request: ModelRequest, _ configuration: ProviderConfiguration) {
        self.request = request
        self.configuration = configuration
    }

    func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("model", configuration.model)
        writer.field("max_tokens", request.maxTokens)
        let system = request.messages.filter { $0.role == .system }.map(\.content).filter { !$0.isEmpty }
        if !system.isEmpty { writer.field("system", system.joined(separator: "\n\n")) }
        writer.key("messages")
        writer.beginArray()
        for turn in turns { encode(turn, to: &writer) }
        writer.endArray()
        writer.field("temperature", request.temperature.map { JSONValue.number($0) })
        writer.field("top_p", request.topP.map { JSONValue.number($0) })
        encodeTools(to: &writer)
        if configuration.streams { writer.field("stream", true) }
        writer.endObject()
    }

    /// Neighbours of one side, which the provider wants as one turn.
    private var turns: [[ChatMessage]] {
        var turns: [[ChatMessage]] = []
        for message in request.messages where message.role != .system {
            let isSameSide = turns.last?.last.map { ($0.role == .assistant) == (message.role == .assistant) } ?? false
            if isSameSide { turns[turns.count - 1].append(message) } else { turns.append([message]) }
        }
        return turns
    }

    private func encode(_ turn: [ChatMessage], to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("role", turn.first?.role == .assistant ? "assistant" : "user")
        writer.key("content")
        writer.beginArray()
        // Whatever answers a call comes before words.
        for message in turn where message.role == .tool { encodeResult(message, to: &writer) }
        for message in turn where message.role != .tool { encode(message, to: &writer) }
        writer.endArray()
        writer.endObject()
    }

    private func encodeResult(_ message: ChatMessage, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("type", "tool_result")
        writer.field("tool_use_id", message.toolCallID ?? "")
        writer.field("content", message.content)
        writer.endObject()
    }

    private func encode(_ message: ChatMessage, to writer: inout JSONWriter) {
        for block in message.reasoning { writer.value(block) }
        // A text block must not be empty.
        let content = message.content
        let isBlank = content.allSatisfy(\.isWhitespace)
        if !isBlank || message.toolCalls.isEmpty {
            writer.beginObject()
            writer.field("type", "text")
            writer.field("text", isBlank ? "(no text)" : content)
            writer.endObject()
        }
        for call in message.toolCalls {
            writer.beginObject()
            writer.field("type", "tool_use")
            writer.field("id", call.id)
            writer.field("name", call.name)
            writer.key("input")
            writer.value(Self.input(call))
            writer.endObject()
        }
    }

    /// An object always; what the model wrote wrongly is handed back inside of one.
    private static func input(_ call: ToolCall) -> JSONValue {
        switch call.reading {
        case .object(let object): .object(object)
        case .malformed: ["INVALID_JSON": .string(call.arguments)]
        }
    }

    private func encodeTools(to writer: inout JSONWriter) {
        if request.tools.isEmpty { return }
        writer.key("tools")
        writer.beginArray()
        for tool in request.tools {
            writer.beginObject()
            writer.field("name", tool.name)
            writer.field("description", tool.description)
            writer.field("input_schema", tool.parameters)
            writer.endObject()
        }
        writer.endArray()
        writer.key("tool_choice")
        writer.beginObject()
        writer.field("type", "auto")
        writer.field("disable_parallel_tool_use", true)
        writer.endObject()
    }
}
