import JSON
import Primitives

/// How much of one message is kept.
///
/// The defaults keep the longest possible line (every byte escaped) below a segment.
package struct MessageBounds: Sendable, Hashable {
    /// Bytes of `content`.
    package var content: Int
    /// Bytes of each of function arguments, function result and metadata, as JSON; of the arguments of one tool call, as they
    /// were written.
    package var value: Int
    /// Bytes of all tool calls of a message in its line.
    package var calls: Int
    /// Bytes of all blocks of reasoning of a message, as JSON.
    package var reasoning: Int

    package init(
        content: Int = 48 * 1024, value: Int = 8 * 1024, calls: Int = 24 * 1024, reasoning: Int = 16 * 1024
    ) {
        self.content = content
        self.value = value
        self.calls = calls
        self.reasoning = reasoning
    }

    /// Redacts first and cuts after, so that no half of a secret is left at the cut.
    func admit(_ message: ConversationMessage, redact: Redaction) -> ConversationMessage {
        var admitted = message
        admitted.content = redact(message.content)
        let size = admitted.content.utf8.count
        if size > content {
            admitted.truncation = Truncation(
                originalBytes: size, sha256: SHA256Digest.of(admitted.content).hex)
            admitted.content = TextCut.prefix(admitted.content, bytes: content)
        }
        admitted.functionName = message.functionName.map(redact)
        admitted.toolCalls = admit(message.toolCalls, redact: redact)
        admitted.reasoning = admit(reasoning: message.reasoning, redact: redact)
        admitted.functionArguments = message.functionArguments.map { bounded(redacted($0, redact)) }
        admitted.functionResult = message.functionResult.map { bounded(redacted($0, redact)) }
        if let metadata = bounded(redacted(.object(message.metadata), redact)).objectValue {
            admitted.metadata = metadata
        } else {
            admitted.metadata = ["cut": true]
        }
        return admitted
    }

    private func bounded(_ json: JSONValue) -> JSONValue {
        let text = json.text
        let size = text.utf8.count
        if size <= value { return json }
        let note = "… [cut, \(size) bytes, sha256 \(SHA256Digest.of(text).hex)]"
        return .string(TextCut.prefix(text, bytes: max(0, value - note.utf8.count)) + note)
    }

    func redacted(_ json: JSONValue, _ redact: Redaction) -> JSONValue {
        switch json {
        case .string(let text): return .string(redact(text))
        case .array(let elements): return .array(elements.map { redacted($0, redact) })
        case .object(let object):
            var result = JSONObject()
            for (key, element) in object { result[redact(key)] = redacted(element, redact) }
            return .object(result)
        case .null, .bool, .integer, .number: return json
        }
    }
}

/// Takes every secret out of a text.
///
/// Applied before anything is stored or sent to a model.
package typealias Redaction = @Sendable (String) -> String
