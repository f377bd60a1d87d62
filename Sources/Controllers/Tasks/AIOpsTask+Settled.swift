package import AIOpsAPI
import KubernetesModel

extension AIOpsTask {
    /// Whether nothing is left to do about the task but to delete it when its time has come.
    ///
    /// Whatever changes that (an edit of the spec, a deletion, a hand in the status) comes with a new version of the object.
    var isSettled: Bool {
        let generation = metadata.generation
        return status.isFinished && !metadata.isBeingDeleted && status.conditions.isTrue(.cleanedUp)
            && !hasUnsealedConversation && status.observedGeneration == generation
            && status.conditions.allSatisfy { $0.observedGeneration == generation }
    }

    /// What the cache holds of the task: all of it as long as something is left to do, and of a settled one what queues,
    /// counts and its own deletion need.
    ///
    /// Finished tasks stay for as long as their owners like, and each would take as much memory as a running one.
    /// Invariant: what is made of a settled task is as settled as the task, and is never written from.
    package var cached: AIOpsTask {
        guard isSettled else { return self }
        var row = AIOpsTask(metadata: metadata, spec: Spec())
        row.metadata.annotations = metadata.annotations.filter { Self.gitOpsAnnotations.contains($0.key) }
        row.metadata.ownerReferences = []
        row.spec.poolRef = followedPoolRef
        row.spec.ttlSecondsAfterFinished = spec.ttlSecondsAfterFinished
        row.status.observedGeneration = status.observedGeneration
        row.status.phase = status.phase
        row.status.attempt = status.attempt
        row.status.claim = status.claim
        row.status.completedAt = status.completedAt
        row.status.conditions = status.conditions.filter { Self.conditionsOfRest.contains($0.type) }
        for index in row.status.conditions.indices { row.status.conditions[index].message = "" }
        row.status.result = status.result.map { result in
            var kept = Result()
            kept.verdict = result.verdict
            return kept
        }
        return row
    }

    /// By these it is told that all is done, and how the task ended.
    private static let conditionsOfRest: Set<String> = [
        ConditionType.cleanedUp.rawValue, ConditionType.conversationPersisted.rawValue,
        ConditionType.succeeded.rawValue,
    ]
}
