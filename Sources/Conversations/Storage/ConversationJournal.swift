/// Where flushes are kept.
///
/// The store behind it is create-only: a number is written once.
package protocol ConversationJournal: Sendable {
    /// All flushes of this conversation, in any order; segments count as flushes.
    func load() async throws(JournalError) -> [Flush]

    /// Stores a flush durably before it returns; one that is stored already, from before an answer was lost, is stored.
    ///
    /// - Throws: `conflict` when another flush with this first number exists: another process has taken over. `fenced` when
    ///   another process owns the conversation now.
    func append(_ flush: Flush) async throws(JournalError)
}

/// Why a flush could not be stored or read.
package enum JournalError: Error, Sendable {
    case conflict(firstSeq: Int)
    case fenced(String)
    /// The namespace's conversation storage is full.
    case full(String)
    case corrupt(ConversationFault)
    /// The store is not there at the moment.
    case unavailable(String, cause: (any Error)?)
    /// The store says no, and will again until somebody changes something; without a cause it is the user's to change.
    case refused(String, cause: (any Error)?)
    case cancelled

    package var isRetryable: Bool {
        if case .unavailable = self { true } else { false }
    }

    package var isUserError: Bool {
        switch self {
        case .full: true
        case .refused(_, let cause): cause == nil
        case .conflict, .fenced, .corrupt, .unavailable, .cancelled: false
        }
    }
}

extension JournalError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .conflict(let seq): "a flush that begins with message \(seq) exists already"
        case .fenced(let reason): "the conversation belongs to another worker now: \(reason)"
        case .full(let reason): "no room for the conversation: \(reason)"
        case .corrupt(let fault): "the stored conversation is damaged: \(fault)"
        case .unavailable(let reason, let cause), .refused(let reason, let cause):
            "the conversation could not be stored: \(reason)" + (cause.map { ": \($0)" } ?? "")
        case .cancelled: "cancelled"
        }
    }
}
