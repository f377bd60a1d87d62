import Conversations
import Primitives

extension ConversationRecord {
    /// When the first of the calls was made that nothing has answered since; nil where the last word is a reply.
    ///
    /// It outlives whoever made the call: a provider that was silent before a crash and is silent after it was silent all along.
    var unansweredSince: Timestamp? {
        var since: Timestamp?
        for entry in entries.reversed() {
            if entry.message.role == .assistant { break }
            if entry.message.reservation != nil { since = entry.message.timestamp }
        }
        return since
    }
}

extension AgentLimits {
    /// Whether a provider that has answered nothing since then is away, rather than cut short by the end of the task's time.
    func isSilent(_ since: Timestamp, until now: Timestamp) -> Bool {
        min(now, deadline ?? now) - since >= providerPatience
    }
}
