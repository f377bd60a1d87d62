import AIOpsAPI
import Conversations
import KubernetesClient
import KubernetesModel
import Primitives
import Telemetry

/// Seals the conversation that a task being deleted leaves behind, which nobody would do once the task is gone.
///
/// A run ends unsealed when its task is deleted under it; what it has written is a record all the same, and its user asked
/// to keep it. Invariant: a task is held back for its record only while trying again may help, and never for longer than
/// `patience`: a namespace that is going takes no new ConfigMap.
struct KeptConversation {
    /// How long after its deletion a task waits for a store that does not answer.
    static let patience = Duration.seconds(600)

    private let task: AIOpsTask
    private let client: KubernetesClient
    private let time: any TimeSource
    private let logger: Logger

    init(_ task: AIOpsTask, client: KubernetesClient, time: any TimeSource, logger: Logger) {
        self.task = task
        self.client = client
        self.time = time
        self.logger = logger
    }

    /// Seals it, unless that was done, or writes into the record itself why it cannot be.
    ///
    /// - Returns: why the task has to stay for now; nil when nothing holds it. `status` then says so as well.
    func settle(_ status: inout AIOpsTask.Status) async -> JournalError? {
        guard task.followedSpec.conversation?.retain == .keep, !isSettled, let claim = task.status.claim,
            let seal = ConversationSeal(task, claim: claim, client: client, time: time)
        else { return nil }
        let failure: JournalError
        do throws(JournalError) {
            switch try await seal.seal() {
            case .sealed:
                logger.info("a kept conversation was sealed before its task goes", ["task": "\(task.key)"])
                return nil
            case .failed(let error): failure = error
            }
        } catch {
            failure = error
        }
        if case .cancelled = failure { return failure }
        let isLate = task.metadata.deletionTimestamp.map { time.wallNow() - $0 > Self.patience } ?? false
        guard failure.isRetryable, !isLate else {
            logger.warning(
                "a task goes and leaves a conversation that could not be sealed",
                ["task": "\(task.key)", "error": .describing(failure)])
            return nil
        }
        seal.note(.failed(failure), in: &status, generation: task.metadata.generation, now: time.wallNow())
        return failure
    }

    private var isSettled: Bool {
        guard let persisted = task.status.conditions.get(.conversationPersisted) else { return false }
        return persisted.status == .true || persisted.reason == Reason.conversationDamaged.rawValue
    }
}
