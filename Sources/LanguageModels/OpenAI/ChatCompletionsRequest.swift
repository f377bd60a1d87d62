import JSON

/// The body of `POST /chat/completions`.
struct ChatCompletionsRequest: JSONEncodable {
    private let request: ModelRequest
    private let configuration: ProviderConfiguration

    init(_ request: ModelRequest, _ configuration: ProviderConfiguration) {
        self.request = request
        self.configuration = configuration
    }

    func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("model", configuration.model)
        writer.key("messages")
        writer.beginArray()
        for message in request.messages { encode(message, to: &writer) }
        writer.endArray()
        writer.field(configuration.tokenLimitField.rawValue, request.maxTokens)
        writer.field("temperature", request.temperature.map { JSONValue.number($0) })
        writer.field("top_p", request.topP.map { JSONValue.number($0) })
        writer.field("seed", request.seed)
        if !request.tools.isEmpty {
            writer.key("tools")
            writer.beginArray()
            for tool in request.tools { encode(tool, to: &writer) }
            writer.endArray()
            writer.field("tool_choice", "auto")
            if configuration.forbidsParallelCalls { writer.field("parallel_tool_calls", false) }
        }
        if configuration.streams {
            writer.field("stream", true)
            writer.key("stream_options")
            writer.beginObject()
            writer.field("include_usage", true)
            writer.endObject()
        }
        for (name, value) in configuration.extraFields { writer.field(name, value) }
        writer.endObject()
    }

    private func encode(_ message: ChatMessage, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("role", message.role.rawValue)
        if message.contentBytes == 0, !message.toolCalls.isEmpty {
            writer.key("content")
            writer.null()
        } else {
            writer.field("content", message.content)
        }
        if !message.toolCalls.isEmpty {
            writer.key("tool_calls")
            writer.beginArray()
            for call in message.toolCalls { encode(call, to: &writer) }
            writer.endArray()
        }
        writer.field("tool_call_id", message.toolCallID)
        writer.endObject()
    }

    private func encode(_ call: ToolCall, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("id", call.id)
        writer.field("type", "function")
        writer.key("function")
        writer.beginObject()
        writer.field("name", call.name)
        writer.field("arguments", call.arguments)
        writer.endObject()
        writer.endObject()
    }

    private func encode(_ tool: ToolDefinition, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("type", "function")
        writer.key("function")
        writer.beginObject()
        writer.field("name", tool.name)
        writer.field("description", tool.description)
        writer.field("parameters", tool.parameters)
        writer.endObject()
        writer.endObject()
    }
}
