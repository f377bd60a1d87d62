import Conversations
import Primitives

extension AgentRun {
    /// Returns when the flush is durable.
    ///
    /// The journal takes a flush that it holds already for stored; a conflict is a message of somebody else.
    func persist(_ flush: Flush, _ state: State) async throws(AgentError) {
        var attempt = 1
        while true {
            do {
                try await journal.append(flush)
                return await onProgress(state.standing)
            } catch {
                if !error.isRetryable || attempt >= Self.storeAttempts { throw agentError(error) }
            }
            try await pause(attempt)
            attempt += 1
        }
    }

    /// All that is stored; a store that is away for a moment is waited for.
    func stored() async throws(AgentError) -> [Flush] {
        var attempt = 1
        while true {
            do {
                return try await journal.load()
            } catch {
                if !error.isRetryable || attempt >= Self.storeAttempts { throw agentError(error) }
            }
            try await pause(attempt)
            attempt += 1
        }
    }

    /// How often the store is asked: for half a minute, about as long as an API server takes to start again.
    private static let storeAttempts = 5

    func agentError(_ error: JournalError) -> AgentError {
        switch error {
        case .fenced(let reason): .fenced(reason)
        case .conflict(let seq): .fenced("message \(seq) was written by another worker")
        case .cancelled: .cancelled
        case .full, .corrupt, .unavailable, .refused: .journal(error)
        }
    }

    /// 2, 4, 8, 8 … seconds, never beyond the deadline.
    func pause(_ attempt: Int) async throws(AgentError) {
        let delay = Duration.seconds(1 << min(attempt, 3))
        do { try await time.sleep(for: min(delay, max(.zero, remaining ?? delay))) } catch { throw .cancelled }
    }
}
