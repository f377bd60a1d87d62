package import AIOpsAPI
package import ControllerRuntime
import Conversations
package import KubernetesClient
package import KubernetesModel
package import Primitives
package import Telemetry

/// Seals what could not be sealed when its run ended: the server was away, the storage was full, the process died.
///
/// The end of a task never waits for its conversation, so this comes after it, tried again with the queue's backoff until it
/// is done or the conversation is found damaged. It works under the claim of the run that ended, which nobody has any more.
package struct ConversationReconciler: Reconciler {
    private let tasks: Store<AIOpsTask>
    private let client: KubernetesClient
    private let time: any TimeSource
    private let logger: Logger
    private let redact: @Sendable (String) -> String

    package init(
        tasks: Store<AIOpsTask>, client: KubernetesClient, time: any TimeSource, logger: Logger,
        redact: @escaping @Sendable (String) -> String = { $0 }
    ) {
        self.tasks = tasks
        self.client = client
        self.time = time
        self.logger = logger
        self.redact = redact
    }

    package func reconcile(_ key: ObjectKey) async -> ReconcileOutcome {
        guard let task = tasks.get(key), task.hasUnsealedConversation, !task.metadata.isBeingDeleted,
            let claim = task.status.claim,
            let seal = ConversationSeal(task, claim: claim, client: client, time: time)
        else { return ReconcileOutcome() }
        let outcome: ConversationSeal.Outcome
        do throws(JournalError) {
            outcome = try await seal.seal()
        } catch {
            return ReconcileOutcome([], .retry(error))
        }
        var status = task.status
        seal.note(outcome, in: &status, generation: task.metadata.generation, now: time.wallNow())
        let intents = [status.intent(for: task, redact: redact)].compactMap(\.self)
        guard case .failed(let error) = outcome else {
            logger.info("a conversation was sealed after its run", ["task": "\(key)"])
            return ReconcileOutcome(intents)
        }
        logger.warning("a conversation is not sealed yet", ["task": "\(key)", "error": .describing(error)])
        return ReconcileOutcome(intents, error.isLasting ? .terminal(error) : .retry(error))
    }
}
