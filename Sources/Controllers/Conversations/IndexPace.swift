import Primitives

/// When the index of a conversation is worth another write.
///
/// An index is as large as a step or two of its conversation, and each write of it is stored whole. Invariants: besides opening
/// and sealing it is written at most once per `shortest`; sooner than `longest` only the first time, and where the conversation
/// has grown by `share` times what an index takes; and it is never older than `longest` when a message comes, nor for long after one, where somebody catches up.
struct IndexPace: Sendable {
    static let shortest = Duration.seconds(10)
    static let longest = Duration.seconds(60)
    /// Bytes of conversation for one byte of index, while steps are fast.
    static let share = 8

    private var writtenAt: Duration?
    private var isFirst = true
    private var size = 0
    private var grown = 0

    /// It was opened, which wrote one that says nothing of messages yet.
    mutating func begin(now: Duration) {
        if writtenAt == nil { writtenAt = now }
    }

    /// A flush of that many bytes was stored.
    ///
    /// - Returns: whether the index is to be written now; it counts as written then, so that a server that refuses it is not asked
    ///   with each flush.
    mutating func take(_ bytes: Int, now: Duration) -> Bool {
        grown += bytes
        guard isDue(now) else { return false }
        (writtenAt, isFirst, grown) = (now, false, 0)
        return true
    }

    /// No flush comes for the time being.
    ///
    /// - Returns: whether what is stored and not in the index is to be written into it now.
    mutating func catchUp(now: Duration) -> Bool { grown > 0 && take(0, now: now) }

    /// The index takes that many bytes now.
    mutating func note(size: Int) { self.size = size }

    private func isDue(_ now: Duration) -> Bool {
        guard let writtenAt else { return true }
        let age = now - writtenAt
        if age >= Self.longest { return true }
        return age >= Self.shortest && (isFirst || grown / Self.share >= size)
    }
}
