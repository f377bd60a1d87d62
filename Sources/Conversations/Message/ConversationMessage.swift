package import JSON
package import Primitives

/// One line of a conversation.
///
/// `seq` counts from 1 and is given by the record when the message is appended; a message that is not in a record yet
/// has 0. Everything the model is shown comes from recorded messages, so what is stored is what was sent.
package struct ConversationMessage: Sendable, Hashable {
    package enum Role: String, Sendable, Hashable, CaseIterable {
        case system, user, assistant, function, tool
    }

    package internal(set) var seq = 0
    package var timestamp: Timestamp
    package var role: Role
    package var content: String
    /// Of an assistant whose tools are offered natively: every call of the reply, in its order.
    ///
    /// The first is the action, and the only one that is run.
    package var toolCalls: [MessageCall] = []
    /// Of a `tool` message: the call it answers.
    package var toolCallID: String?
    /// Of an assistant: blocks that its provider wants back unchanged with the next request.
    package var reasoning: [JSONValue] = []
    package var functionName: String?
    package var functionArguments: JSONValue?
    package var functionResult: JSONValue?
    /// Free facts about the message: `step`, `phase`, `action` and the like.
    package var metadata: JSONObject
    package var usage: MessageUsage?
    /// Nothing means that the price is unknown (or that the message cost nothing because no model was called).
    package var cost: MessageCost?
    package var latencyMilliseconds: Int64?
    /// Set when `content` was cut on its way into the record.
    package internal(set) var truncation: Truncation?
    /// The worst case of the model call that follows this message, counted as spent until the reply settles it.
    package var reservation: CallReservation?
    /// True when the call this message reports certainly cost nothing, so that its reservation is given back.
    package var releasesReservation: Bool

    package init(
        timestamp: Timestamp, role: Role, content: String, functionName: String? = nil,
        functionArguments: JSONValue? = nil, functionResult: JSONValue? = nil, metadata: JSONObject = [:],
        usage: MessageUsage? = nil, cost: MessageCost? = nil, latencyMilliseconds: Int64? = nil,
        reservation: CallReservation? = nil, releasesReservation: Bool = false
    ) {
        self.timestamp = timestamp
        self.role = role
        self.content = content
        self.functionName = functionName
        self.functionArguments = functionArguments
        self.functionResult = functionResult
        self.metadata = metadata
        self.usage = usage
        self.cost = cost
        self.latencyMilliseconds = latencyMilliseconds
        self.reservation = reservation
        self.releasesReservation = releasesReservation
    }

    /// Whether it is a reply with a valid action: whoever recorded it has read it, and kept what it read.
    var isStep: Bool {
        guard role == .assistant, let action = metadata["action"]?.stringValue else { return false }
        return action != Self.noAction
    }

    /// What metadata `action` says of a reply that holds none.
    package static let noAction = "none"

    /// What was said, and below it what was called.
    var spoken: String { ((content.isEmpty ? [] : [content]) + toolCalls.map(\.line)).joined(separator: "\n") }
}

/// What was there before a content was cut: its size in bytes and the SHA-256 of the whole (after redaction).
package struct Truncation: Sendable, Hashable {
    package var originalBytes: Int
    package var sha256: String

    package init(originalBytes: Int, sha256: String) {
        self.originalBytes = originalBytes
        self.sha256 = sha256
    }
}
