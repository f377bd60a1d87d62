import Primitives

/// One conversation, append-only.
///
/// Invariants: messages are numbered 1, 2, 3, … without a gap; each carries the hash of the one before; what was appended
/// never changes; everything in it went through the redactor and the bounds.
package struct ConversationRecord: Sendable {
    /// Task uid and attempt.
    ///
    /// It seeds the chain, so that messages cannot be moved from one conversation to another.
    package let identity: String
    package private(set) var entries: [ChainedMessage] = []
    package private(set) var totals = ConversationTotals()

    private let bounds: MessageBounds
    private let redact: Redaction

    package init(identity: String, bounds: MessageBounds = MessageBounds(), redact: @escaping Redaction) {
        self.identity = identity
        self.bounds = bounds
        self.redact = redact
    }

    /// Takes up a stored conversation.
    ///
    /// - Throws: the first fault, when the entries are not exactly what was once written.
    package init(
        identity: String, entries: [ChainedMessage], bounds: MessageBounds = MessageBounds(),
        redact: @escaping Redaction
    ) throws(ConversationFault) {
        self.init(identity: identity, bounds: bounds, redact: redact)
        if let fault = Self.verify(entries, identity: identity) { throw fault }
        self.entries = entries
        for entry in entries { totals.add(entry.message) }
    }

    package var messages: [ConversationMessage] { entries.map(\.message) }
    package var last: ConversationMessage? { entries.last?.message }
    package var isEmpty: Bool { entries.isEmpty }
    /// The hash of the last line (of the identity, while there is none).
    package var head: String { entries.last?.hash ?? Self.genesis(identity) }

    /// The message as it would be kept, without a number.
    package func admitted(_ message: ConversationMessage) -> ConversationMessage {
        bounds.admit(message, redact: redact)
    }

    /// Numbers, redacts, bounds and chains the messages.
    ///
    /// - Returns: what has to be stored before the effect that follows is relied upon.
    package mutating func append(_ messages: [ConversationMessage]) -> Flush {
        var added: [ChainedMessage] = []
        for message in messages {
            var admitted = admitted(message)
            admitted.seq = entries.count + 1
            let entry = ChainedMessage(admitted, after: head)
            entries.append(entry)
            added.append(entry)
            totals.add(admitted)
        }
        return Flush(added)
    }

    /// The first fault of a list of entries, nothing when it is gapless, in order and unchanged.
    package static func verify(_ entries: [ChainedMessage], identity: String) -> ConversationFault? {
        var previous = genesis(identity)
        for (index, entry) in entries.enumerated() {
            let expected = index + 1
            let found = entry.message.seq
            if found > expected, !entries.contains(where: { $0.message.seq == expected }) {
                return ConversationFault(seq: expected, kind: .missing)
            }
            if found != expected { return ConversationFault(seq: expected, kind: .outOfOrder(found: found)) }
            if !entry.belongs(after: previous) { return ConversationFault(seq: expected, kind: .brokenChain) }
            previous = entry.hash
        }
        return nil
    }

    private static func genesis(_ identity: String) -> String {
        SHA256Digest.of("conversation \(identity)").hex
    }
}
