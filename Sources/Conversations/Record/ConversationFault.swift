/// What is wrong with a stored conversation, and the first message where it shows.
package struct ConversationFault: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Kind: Sendable, Hashable {
        /// No message with this number, though later ones exist.
        case missing
        /// Another number stands where this one belongs.
        case outOfOrder(found: Int)
        /// The line or one before it was changed.
        case brokenChain
        /// Two different messages with this number.
        case conflicting
        /// The line cannot be read.
        case malformed(String)
    }

    package var seq: Int
    package var kind: Kind

    package init(seq: Int, kind: Kind) {
        self.seq = seq
        self.kind = kind
    }

    package var description: String {
        switch kind {
        case .missing: "message \(seq) is missing"
        case .outOfOrder(let found): "message \(found) stands where \(seq) belongs"
        case .brokenChain: "message \(seq) was changed after it was written"
        case .conflicting: "there are two different messages \(seq)"
        case .malformed(let reason): "message \(seq) cannot be read: \(reason)"
        }
    }
}
