import Conversations
import Primitives

extension AgentRun {
    /// Returns when the flush is durable.
    ///
    /// A conflict is harmless when the stored flush is this one (an answer was lost), and means that another worker
    /// took over when it is not.
    func persist(_ flush: Flush, _ record: ConversationRecord) async throws(AgentError) {
        for attempt in 1... {
            let failure: JournalError
            do {
                try await journal.append(flush)
                await onProgress(record)
                return
            } catch {
                failure = error
            }
            if case .conflict = failure {
                let stored: [Flush]
                do { stored = try await journal.load() } catch { throw agentError(error) }
                if stored.contains(flush) {
                    await onProgress(record)
                    return
                }
                throw .fenced("message \(flush.firstSeq) was written by another worker")
            }
            if !failure.isRetryable || attempt >= 5 { throw agentError(failure) }
            try await pause(attempt)
        }
    }

    func agentError(_ error: JournalError) -> AgentError {
        switch error {
        case .fenced(let reason): .fenced(reason)
        case .cancelled: .cancelled
        default: .journal(error)
        }
    }

    /// 2, 4, 8, 8 … seconds, never beyond the deadline.
    func pause(_ attempt: Int) async throws(AgentError) {
        let delay = Duration.seconds(1 << min(attempt, 3))
        do { try await time.sleep(for: min(delay, max(.zero, remaining ?? delay))) } catch { throw .cancelled }
    }
}
