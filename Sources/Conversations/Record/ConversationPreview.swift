package import Primitives

/// A message as it is shown in status: who, when, and the beginning of what.
package struct MessagePreview: Sendable, Hashable {
    package var seq: Int
    package var timestamp: Timestamp
    package var role: ConversationMessage.Role
    package var content: String
}

extension ConversationRecord {
    /// The last five messages, each with what it called, cut at 512 bytes (an ellipsis included) on a character
    /// boundary.
    package func preview(last count: Int = 5, bytes limit: Int = 512) -> [MessagePreview] {
        let ellipsis = "…"
        return entries.suffix(count).map { entry in
            let message = entry.message
            var content = message.spoken
            if content.utf8.count > limit {
                content = TextCut.prefix(content, bytes: max(0, limit - ellipsis.utf8.count)) + ellipsis
            }
            return MessagePreview(
                seq: message.seq, timestamp: message.timestamp, role: message.role, content: content)
        }
    }
}
