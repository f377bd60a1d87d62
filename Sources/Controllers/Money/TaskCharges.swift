import AIOpsAPI
import Conversations
import KubernetesClient
import KubernetesModel

/// What the present attempt of a task has been charged, by its record: replies at their price, lost ones and the one that
/// may be under way at their worst case.
///
/// Nil is as good as an answer: nobody can tell, so it may have been all that it was allowed.
struct TaskCharges {
    private let task: AIOpsTask
    private let client: KubernetesClient

    init(_ task: AIOpsTask, client: KubernetesClient) {
        self.task = task
        self.client = client
    }

    /// - Throws: where another try may tell.
    func nanos() async throws(JournalError) -> Int64? {
        if hasNeverSpoken { return 0 }
        let location = ConversationLocation(task, attempt: task.currentAttempt, retain: .withTask)
        let flushes: [Flush]
        do {
            flushes = try await ConfigMapJournal(location, epoch: .max, client: client).load()
        } catch {
            switch error {
            case .unavailable, .cancelled: throw error
            case .conflict, .fenced, .full, .corrupt, .refused: return nil
            }
        }
        let repair = ConversationRepair(flushes, identity: location.identity)
        guard repair.fault == nil else { return nil }
        do {
            let totals = try ConversationRecord(identity: location.identity, entries: repair.entries) { $0 }.totals
            let counted = task.status.usage?.calls ?? 0
            // Of what is gone, or has no price, nobody can tell what it came to.
            guard totals.messages > 0 || hasSealedNothing, Int64(totals.calls) >= counted,
                totals.callsOfUnknownCost == 0
            else { return nil }
            return totals.chargedNanoUSD
        } catch {
            return nil
        }
    }

    /// Its record was whole and empty when it was sealed: it never came to a first call, since that could have passed a limit.
    private var hasSealedNothing: Bool {
        task.status.conditions.isTrue(.conversationPersisted) && task.status.result?.totalMessages == 0
    }

    /// The conversation is named in the task before it is opened.
    private var hasNeverSpoken: Bool {
        if task.status.claim == nil { return true }
        // The cached row of a settled task names none; it still says that the end came before there was one.
        if task.isSettled {
            return task.status.conditions.get(.conversationPersisted)?.reason == Reason.notReached.rawValue
        }
        return !task.status.conversations.contains { $0.attempt == task.currentAttempt }
    }
}
