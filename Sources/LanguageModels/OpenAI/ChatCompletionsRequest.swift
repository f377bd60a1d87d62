import JSON

/// The body of `POST /chat/completions`.
struct ChatCompletionsRequest: JSONEncodable {
    var model: String
    var tokenLimitField: OpenAICompatibleConfiguration.TokenLimitField
    var request: ModelRequest

    func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("model", model)
        writer.key("messages")
        writer.beginArray()
        for message in request.messages { encode(message, to: &writer) }
        writer.endArray()
        writer.field(tokenLimitField.rawValue, request.maxTokens)
        writer.field("temperature", request.temperature.map { JSONValue.number($0) })
        writer.field("top_p", request.topP.map { JSONValue.number($0) })
        writer.field("seed", request.seed)
        if !request.tools.isEmpty {
            writer.key("tools")
            writer.beginArray()
            for tool in request.tools { encode(tool, to: &writer) }
            writer.endArray()
            writer.field("tool_choice", "auto")
            writer.field("parallel_tool_calls", false)
        }
        writer.endObject()
    }

    private func encode(_ message: ChatMessage, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("role", message.role.rawValue)
        if message.content.isEmpty, !message.toolCalls.isEmpty {
            writer.key("content")
            writer.null()
        } else {
            writer.field("content", message.content)
        }
        if !message.toolCalls.isEmpty {
            writer.key("tool_calls")
            writer.beginArray()
            for call in message.toolCalls {
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
            writer.endArray()
        }
        writer.field("tool_call_id", message.toolCallID)
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

    /// The first setting that would not be valid JSON or that no server takes.
    var problem: String? {
        if request.messages.isEmpty { return "there are no messages" }
        if request.maxTokens < 1 { return "maxTokens must be at least 1" }
        for (name, text) in [("temperature", request.temperature), ("topP", request.topP)] {
            if let text, !Self.isNumber(text) { return "\(name) is not a number: \(text.prefix(32))" }
        }
        return nil
    }

    private static func isNumber(_ text: String) -> Bool {
        do {
            return switch try JSONValue(parsing: Array(text.utf8)) {
            case .integer, .number: true
            case .null, .bool, .string, .array, .object: false
            }
        } catch {
            return false
        }
    }
}
