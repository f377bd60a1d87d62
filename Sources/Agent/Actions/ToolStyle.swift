import Conversations
import JSON

/// How an agent calls its tools.
///
/// A run keeps the style that its record began with, whatever is asked for later: what was said in one could not be read in
/// the other.
package enum ToolStyle: String, Sendable, Hashable, CaseIterable {
    /// One call in one code block of the reply's text.
    case codeBlock
    /// By the provider's own tool calls.
    case native

    /// Where the opening message says it.
    static let metadataKey = "toolStyle"

    /// The style of a record; nil while nothing is recorded.
    ///
    /// Records that do not say it are of a time that knew one alone.
    init?(of messages: [ConversationMessage]) {
        guard let opening = messages.first else { return nil }
        self = opening.metadata[Self.metadataKey]?.stringValue.flatMap(Self.init(rawValue:)) ?? .codeBlock
    }
}
