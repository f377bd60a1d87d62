import AIOpsAPI
import Conversations
import KubernetesModel
import Primitives
import Telemetry

/// Seals the conversation of an ended run, whatever ended it, and writes its sums to the task.
struct SealStage {
    let record: TaskRecord
    let services: RunServices

    func run() async throws(RunStop) {
        let task = await record.task
        guard let link = task.status.conversations.last(where: { $0.attempt == task.currentAttempt }) else { return }
        let generation = task.metadata.generation
        let keeper = ConversationKeeper(
            ConversationLocation(task, attempt: link.attempt, retain: task.retention), task: task, claim: record.claim,
            description: ConversationKeeper.Description(task, claim: record.claim), client: services.client,
            time: services.time)
        do {
            let success = task.status.result?.success
            let sealed = try await Patience(time: services.time).again(while: { $0.isRetryable }) {
                () async throws(JournalError) in
                try await keeper.open()
                return try await keeper.seal(success: success)
            }
            let isSimulated = task.status.usage?.simulated ?? false
            let priceTable = task.status.usage?.priceTable
            try await record.update { status, now in
                status.usage = sealed.totals.usage(isSimulated: isSimulated, priceTable: priceTable)
                status.result?.totalMessages = sealed.entries.count
                status.mark(
                    .conversationPersisted, .true, .done, "\(sealed.entries.count) messages sealed and verified",
                    generation: generation, now: now)
            }
        } catch let error as JournalError {
            if case .cancelled = error { throw .interrupted }
            if case .fenced(let why) = error { throw .abandoned(why) }
            services.logger.error(
                "the conversation could not be sealed", ["task": "\(record.key)", "error": .describing(error)])
            let isDamaged = if case .corrupt = error { true } else { false }
            try await record.update { status, now in
                status.mark(
                    .conversationPersisted, .false, isDamaged ? .conversationDamaged : .internalError,
                    "\(error); what is stored stays as it is", generation: generation, now: now)
            }
        } catch let stop as RunStop {
            throw stop
        } catch {
            throw .failed(TaskFailure(.infrastructure, .internalError, "\(error)"))
        }
    }
}

extension AIOpsTask {
    /// What becomes of the conversation, by the admitted spec.
    var retention: ConversationRetention {
        do {
            return try runningSpec().conversation?.retain ?? .withTask
        } catch {
            return spec.conversation?.retain ?? .withTask
        }
    }
}
