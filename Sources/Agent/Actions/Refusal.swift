import Conversations
import JSON

/// A reply by which the model declined, or which its provider's filter took away.
///
/// It is no format error: the same question gets the same answer, and each answer is paid.
struct Refusal: Sendable, Hashable, CustomStringConvertible {
    /// Scalars that are quoted.
    private static let longestQuote = 300

    private let isByFilter: Bool
    private let words: String

    /// Nil for a reply that ended in any other way; one that declined is taken for that whatever it says besides.
    init?(_ reply: ConversationMessage) {
        switch reply.metadata["finish"]?.stringValue {
        case "refusal": isByFilter = false
        case "content_filter": isByFilter = true
        default: return nil
        }
        let line = reply.content.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let quote = String(line.unicodeScalars.prefix(Self.longestQuote).map(Character.init))
        words = quote.unicodeScalars.count < line.unicodeScalars.count ? quote + "…" : quote
    }

    var description: String {
        let who = isByFilter ? "the provider's content filter ended the model's reply" : "the model refused to go on"
        return words.isEmpty ? "\(who), without a word" : "\(who): “\(words)”"
    }
}
