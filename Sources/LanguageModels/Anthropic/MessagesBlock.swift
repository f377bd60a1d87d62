import JSON

/// One block of content, whole or as it grows in a stream.
struct MessagesBlock: Sendable, Hashable {
    private let kind: String
    private let id: String
    private let name: String
    /// As it came, for what has to be returned unchanged.
    private let original: JSONValue
    private var words: String
    /// Of a tool call, as JSON in pieces; empty when the block came with its input.
    private var arguments = ""
    private var signature: String

    init(_ json: JSONValue) {
        kind = json["type"]?.stringValue ?? ""
        id = json["id"]?.stringValue ?? ""
        name = json["name"]?.stringValue ?? ""
        original = json
        words = json[kind == "thinking" ? "thinking" : "text"]?.stringValue ?? ""
        signature = json["signature"]?.stringValue ?? ""
    }

    /// - Returns: how many bytes it has grown by; a kind of growth that is not known is none.
    mutating func take(delta: JSONValue) -> Int {
        switch delta["type"]?.stringValue {
        case "text_delta": return Self.append(delta["text"], to: &words)
        case "thinking_delta": return Self.append(delta["thinking"], to: &words)
        case "input_json_delta": return Self.append(delta["partial_json"], to: &arguments)
        case "signature_delta": return Self.append(delta["signature"], to: &signature)
        default: return 0
        }
    }

    private static func append(_ piece: JSONValue?, to text: inout String) -> Int {
        let piece = piece?.stringValue ?? ""
        text += piece
        return piece.utf8.count
    }

    var text: String { kind == "text" ? words : "" }

    var call: ToolCall? {
        guard kind == "tool_use" else { return nil }
        let written = arguments.isEmpty ? original["input"]?.text ?? "{}" : arguments
        return ToolCall(id: id, name: name, arguments: written)
    }

    var reasoning: JSONValue? {
        switch kind {
        case "redacted_thinking": return original
        case "thinking":
            var block = original
            block["thinking"] = .string(words)
            block["signature"] = .string(signature)
            return block
        default: return nil
        }
    }
}
