import Agent
import Conversations
import Primitives

/// A create-only journal in memory that can fail at a chosen write.
final class MemoryJournal: ConversationJournal {
    enum Crash: Hashable, CaseIterable {
        /// The process dies before anything is stored.
        case before
        /// It is stored, but the process dies before it learns of it.
        case after
    }

    private struct State {
        var flushes: [Int: Flush] = [:]
        var writes = 0
        var crashAt: Int?
        var crash = Crash.before
        var failures: [JournalError] = []
        var isFenced = false
    }

    private let state = Locked(State())

    var writes: Int { state.withLock { $0.writes } }
    var flushes: [Flush] { state.withLock { $0.flushes.values.sorted { $0.firstSeq < $1.firstSeq } } }

    func crash(_ crash: Crash, at write: Int) {
        state.withLock {
            $0.crashAt = write
            $0.crash = crash
        }
    }

    /// The next writes fail so (`unavailable` after storing, to play a lost answer, when `stores`).
    func fail(_ failures: [JournalError]) { state.withLock { $0.failures = failures } }

    func fence() { state.withLock { $0.isFenced = true } }

    func plant(_ flush: Flush) { state.withLock { $0.flushes[flush.firstSeq] = flush } }

    func load() async throws(JournalError) -> [Flush] {
        // As stored: through bytes, in no order.
        do {
            return try state.withLock { $0.flushes.values.map(\.bytes) }.map { bytes throws(ConversationFault) in
                try Flush(parsing: bytes)
            }
        } catch {
            throw .corrupt(error)
        }
    }

    func append(_ flush: Flush) async throws(JournalError) {
        let failure = state.withLock { state -> JournalError? in
            if state.isFenced { return .fenced("epoch 2") }
            state.writes += 1
            let isCrash = state.crashAt == state.writes
            if isCrash, state.crash == .before { return .fenced("crash") }
            if !state.failures.isEmpty {
                let failure = state.failures.removeFirst()
                if case .unavailable("stored", _) = failure { state.flushes[flush.firstSeq] = flush }
                return failure
            }
            if let stored = state.flushes[flush.firstSeq] {
                return stored == flush ? nil : .conflict(firstSeq: flush.firstSeq)
            }
            state.flushes[flush.firstSeq] = flush
            return isCrash ? .fenced("crash") : nil
        }
        if let failure { throw failure }
    }
}
