import AIOpsAPI
import Conversations
import KubernetesClient
import KubernetesModel
import Primitives

/// Seals the conversation of a task's last attempt and says in the task what came of it.
struct ConversationSeal: Sendable {
    enum Outcome: Sendable {
        case sealed(ConversationTotals, messages: Int)
        case failed(JournalError)
    }

    private let keeper: ConversationKeeper
    private let success: Bool?
    private let attempt: Int

    /// By the keeper that wrote the conversation, while it is there; else by a new one.
    ///
    /// - Returns: nil when the attempt never had a conversation.
    init?(
        _ task: AIOpsTask, claim: AIOpsTask.Claim, writer: ConversationKeeper? = nil, client: KubernetesClient,
        time: any TimeSource
    ) {
        guard let link = task.status.conversations.last(where: { $0.attempt == task.currentAttempt }) else {
            return nil
        }
        let retention = task.followedSpec.conversation?.retain ?? .withTask
        keeper =
            writer
            ?? ConversationKeeper(
                ConversationLocation(task, attempt: link.attempt, retain: retention), task: task, claim: claim,
                description: ConversationKeeper.Description(task, claim: claim), client: client, time: time)
        success = task.status.result?.success
        attempt = task.currentAttempt
    }

    /// May be repeated after any failure and any crash.
    func seal() async throws(JournalError) -> Outcome {
        do {
            try await keeper.open()
            let record = try await keeper.seal(success: success)
            return .sealed(record.totals, messages: record.entries.count)
        } catch {
            switch error {
            // Not a fate of the conversation: somebody else has it, or nobody waits for it any more.
            case .fenced, .cancelled: throw error
            case .corrupt(let fault):
                try await markDamaged(fault)
                return .failed(error)
            case .conflict, .full, .unavailable, .refused: return .failed(error)
            }
        }
    }

    /// The record says itself what is wrong with it: it may outlive its task, and is read without it.
    private func markDamaged(_ fault: ConversationFault) async throws(JournalError) {
        do {
            try await keeper.markDamaged(fault)
        } catch {
            switch error {
            case .fenced, .cancelled, .unavailable: throw error
            // The task says it, where the record cannot.
            case .conflict, .full, .corrupt, .refused: return
            }
        }
    }

    func note(_ outcome: Outcome, in status: inout AIOpsTask.Status, generation: Int64, now: Timestamp) {
        switch outcome {
        case .sealed(let totals, let messages):
            let usage = totals.closed.usage(
                isSimulated: status.usage?.simulated ?? false, priceTable: status.usage?.priceTable)
            status.usage = usage
            status.display?.tokens = DisplayText.tokens(totals.usage.totalTokens)
            status.display?.cost = DisplayText.cost(usage)
            status.result?.totalMessages = messages
            // A run that was cut short has shown those of some seconds before; shown ones are never taken back.
            let steps = max(status.steps ?? 0, totals.steps)
            status.steps = steps
            status.result?.stepsTaken = steps
            if let index = status.attempts.lastIndex(where: { $0.number == attempt }) {
                status.attempts[index].cost = status.usage?.cost
            }
            status.mark(
                .conversationPersisted, .true, .done, "\(messages) messages sealed and verified",
                generation: generation, now: now)
        case .failed(let error):
            let next = error.isLasting ? "what is stored stays as it is" : "it is tried again"
            status.mark(
                .conversationPersisted, .false, error.reason, "\(error); \(next)".cut(toScalars: 1024),
                generation: generation, now: now)
        }
    }
}

extension JournalError {
    /// True when no later try can end otherwise.
    var isLasting: Bool { if case .corrupt = self { true } else { false } }

    fileprivate var reason: Reason {
        switch self {
        case .corrupt: .conversationDamaged
        case .full: .conversationStorageFull
        case .conflict, .fenced, .unavailable, .refused, .cancelled: .internalError
        }
    }
}

extension AIOpsTask {
    /// Whether the task is over and its conversation still waits to be sealed.
    var hasUnsealedConversation: Bool {
        guard status.isFinished, status.conversations.contains(where: { $0.attempt == currentAttempt }) else {
            return false
        }
        guard let persisted = status.conditions.get(.conversationPersisted) else { return true }
        return persisted.status != .true && persisted.reason != Reason.conversationDamaged.rawValue
    }
}
