package import KubernetesModel
package import Primitives

extension AIOpsTask.Status {
    /// Writes where the task stands: the summary conditions and `Suspended`, for this generation.
    ///
    /// To be called at every look at the task, finished ones included: an edit of a finished task raises its
    /// generation, and waiters take a status of an older one for work in progress.
    package mutating func record(_ progress: RunProgress, generation: Int64, now: Timestamp) {
        observedGeneration = max(observedGeneration, generation)
        conditions.record(progress.conditions(generation: generation), now: now)
        if case .suspended(let reason, let message) = progress {
            mark(.suspended, .true, reason, message, generation: generation, now: now)
        } else if conditions.get(.suspended) != nil {
            mark(.suspended, .false, .notSuspended, "", generation: generation, now: now)
        }
    }

    /// Writes the condition of one stage.
    package mutating func mark(
        _ type: ConditionType, _ status: ConditionStatus, _ reason: Reason, _ message: String, generation: Int64,
        now: Timestamp
    ) {
        conditions.set(Condition(type, status, reason, message, generation: generation), now: now)
    }

    /// Moves the phase along the graph; false, and nothing done, when the move is illegal.
    @discardableResult
    package mutating func move(to next: Phase, startingAttempt: Bool = false) -> Bool {
        guard (phase ?? .pending).canMove(to: next, startingAttempt: startingAttempt) else { return false }
        phase = next
        return true
    }

    package var isFinished: Bool { phase?.isTerminal ?? false }
}

extension WorkerPool.Status {
    package mutating func record(_ progress: ServiceProgress, generation: Int64, now: Timestamp) {
        observedGeneration = max(observedGeneration, generation)
        conditions.record(progress.conditions(generation: generation), now: now)
    }

    package mutating func mark(
        _ type: ConditionType, _ status: ConditionStatus, _ reason: Reason, _ message: String, generation: Int64,
        now: Timestamp
    ) {
        conditions.set(Condition(type, status, reason, message, generation: generation), now: now)
    }
}

extension LLMConversation.Status {
    package mutating func record(_ progress: RunProgress, generation: Int64, now: Timestamp) {
        observedGeneration = max(observedGeneration, generation)
        conditions.record(progress.conditions(generation: generation), now: now)
    }
}
