import JSON

/// Consecutive messages that are stored in one durable write.
package struct Flush: Sendable, Hashable {
    package let entries: [ChainedMessage]

    init(_ entries: [ChainedMessage]) { self.entries = entries }

    /// Reads what `bytes` wrote; order and chain are checked where the flushes are put together.
    package init(parsing bytes: [UInt8]) throws(ConversationFault) {
        var entries: [ChainedMessage] = []
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            do {
                entries.append(try ChainedMessage(line: Array(line)))
            } catch {
                // Stored numbers are remote input: the last one there is has no successor.
                let expected = entries.last.map { $0.message.seq &+ 1 } ?? 0
                throw ConversationFault(seq: expected, kind: .malformed(error.message))
            }
        }
        self.init(entries)
    }

    /// The number of the first message: the name under which the flush is stored.
    ///
    /// 0 for an empty flush.
    package var firstSeq: Int { entries.first?.message.seq ?? 0 }
    package var lastSeq: Int { entries.last?.message.seq ?? 0 }
    package var messages: [ConversationMessage] { entries.map(\.message) }
    /// The budget set aside for the model call that follows this flush.
    package var reservation: CallReservation? { entries.last?.message.reservation }

    /// One JSON line per message, each ended by a line feed.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(entries.reduce(0) { $0 + $1.line.count + 1 })
        for entry in entries {
            bytes += entry.line
            bytes.append(UInt8(ascii: "\n"))
        }
        return bytes
    }
}
