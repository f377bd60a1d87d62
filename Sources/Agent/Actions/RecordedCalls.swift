import Conversations
import JSON
import LanguageModels

/// The calls of a reply as the record keeps them and as they go back to the provider.
///
/// Invariants: no two calls of a conversation have one id, so each result has one call; names are such as every
/// provider takes, and ids as short and printable as the one asked takes back, since it is the one that made them.
enum RecordedCalls {
    /// What OpenAI and Anthropic take of a name.
    private static let longestName = 64
    /// Some gateways put more into an id than a number.
    private static let longestID = 256

    /// `seq` is the number that the reply will have in the record.
    static func make(
        _ calls: [ToolCall], seq: Int, after record: ConversationRecord, redact: Redaction
    ) -> [MessageCall] {
        if calls.isEmpty { return [] }
        var taken = Set(record.messages.flatMap { $0.toolCalls.map(\.id) })
        let made = calls.enumerated().map { index, call in
            var id = isUsable(call.id, redact) && !taken.contains(call.id) ? call.id : "call_\(seq)_\(index)"
            while !taken.insert(id).inserted { id += "_" }
            return MessageCall(id: id, name: name(redact(call.name)), arguments: call.arguments)
        }
        return MessageBounds().admit(made, redact: redact)
    }

    /// As it goes back: what is no JSON object stands inside of one, since servers read it and refuse what they cannot.
    static func returned(_ call: MessageCall) -> ToolCall {
        var made = ToolCall(id: call.id, name: call.name, arguments: call.arguments)
        if case .malformed = made.reading {
            made.arguments = JSONValue.object(["INVALID_JSON": .string(call.arguments)]).text
        }
        return made
    }

    private static func isUsable(_ id: String, _ redact: Redaction) -> Bool {
        (1...longestID).contains(id.utf8.count) && id.utf8.allSatisfy { (0x21...0x7E).contains($0) } && redact(id) == id
    }

    private static func name(_ text: String) -> String {
        let allowed = text.unicodeScalars.prefix(longestName).map { scalar in
            let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
            return isPlain || scalar == "_" || scalar == "-" ? Character(scalar) : "_"
        }
        return allowed.isEmpty ? "unnamed" : String(allowed)
    }
}
