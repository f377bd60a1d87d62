import AIOpsAPI
import Conversations
import KubernetesModel
import Primitives
import Telemetry

/// Seals the conversation of an ended run, whatever ended it, and writes its sums to the task.
struct SealStage {
    let record: TaskRecord
    let services: RunServices
    /// Whoever wrote the conversation in this process, if it was written here.
    let conversation: Locked<ConversationKeeper?>

    func run() async throws(RunStop) {
        let task = await record.task
        let writer = conversation.withLock { $0 }
        guard
            let seal = ConversationSeal(
                task, claim: record.claim, writer: writer, client: services.client, time: services.time)
        else { return }
        let outcome = try await outcome(of: seal)
        if case .failed(let error) = outcome {
            // What may pass is tried again after the run; the rest waits for somebody to look at it.
            services.logger.log(
                error.isRetryable ? .warning : .error, "the conversation could not be sealed",
                ["task": "\(record.key)", "error": .describing(error)])
        }
        let generation = task.metadata.generation
        try await record.update { status, now in seal.note(outcome, in: &status, generation: generation, now: now) }
    }

    /// Sits out a server that is away for a moment.
    private func outcome(of seal: ConversationSeal) async throws(RunStop) -> ConversationSeal.Outcome {
        do {
            return try await Patience(time: services.time).again(while: { $0.isRetryable }) {
                () async throws(JournalError) in
                let outcome = try await seal.seal()
                if case .failed(let error) = outcome, error.isRetryable { throw error }
                return outcome
            }
        } catch {
            switch error {
            case .cancelled: throw .interrupted
            case .fenced(let why): throw .abandoned(why)
            case .conflict, .full, .corrupt, .unavailable, .refused: return .failed(error)
            }
        }
    }
}
