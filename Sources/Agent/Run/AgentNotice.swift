import Conversations
import JSON
import Primitives

/// Lines of the loop about itself: in the record for the reader and for the bill, never sent to the model.
enum AgentNotice {
    private static let phase: JSONValue = "notice"

    /// The reply to the open reservation never came into the record; it stays charged.
    static func lostReply(_ reason: String, at now: Timestamp) -> ConversationMessage {
        notice("A reply of the model may have been lost (\(reason)). It stays charged; the model is asked again.", now)
    }

    static func resumed(at now: Timestamp) -> ConversationMessage {
        notice("The run goes on after an interruption.", now)
    }

    /// The provider answered with an error before anything was produced.
    static func refused(_ reason: String, at now: Timestamp) -> ConversationMessage {
        var message = notice("The model was not reached: \(reason). Nothing is charged for this call.", now)
        message.releasesReservation = true
        return message
    }

    /// Carries the reservation for the next try after one that reached nobody.
    static func askedAgain(at now: Timestamp) -> ConversationMessage { notice("The model is asked again.", now) }

    static func isNotice(_ message: ConversationMessage) -> Bool {
        message.role == .system && message.metadata["phase"] == phase
    }

    private static func notice(_ text: String, _ now: Timestamp) -> ConversationMessage {
        ConversationMessage(timestamp: now, role: .system, content: text, metadata: ["phase": phase])
    }
}
