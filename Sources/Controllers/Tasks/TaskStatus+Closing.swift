package import AIOpsAPI
import KubernetesModel
package import Primitives

extension RunProgress {
    /// In the queue of its pool, and nothing in the way but the others.
    static func waiting(_ status: AIOpsTask.Status) -> RunProgress {
        let place = status.queue?.position.map { "; it joined the queue in place \($0)" } ?? ""
        return .active(.queued, "waiting for a worker of pool \(status.display?.pool ?? "")\(place)")
    }
}

extension AIOpsTask.Status {
    /// Opens the record of a stage.
    ///
    /// A stage has one record, and one entered again after a crash keeps its times: whoever takes over replays what is
    /// recorded, which is no part of the agent's time.
    package mutating func begin(_ stage: StageName, now: Timestamp) {
        guard !stages.contains(where: { $0.name == stage.rawValue }) else { return }
        var record = AIOpsTask.StageRecord()
        record.name = stage.rawValue
        record.startedAt = now
        stages.append(record)
    }

    package mutating func end(_ stage: StageName, now: Timestamp) {
        guard let index = stages.lastIndex(where: { $0.name == stage.rawValue && $0.finishedAt == nil }) else { return }
        stages[index].finishedAt = now
    }

    /// Writes the end of the task: last phase, summary conditions, times.
    ///
    /// A finished task is left as it is.
    package mutating func close(
        _ ending: TaskEnding, under policy: SuccessPolicy, generation: Int64, now: Timestamp
    ) {
        guard !isFinished else { return }
        let last = ending.phase(under: policy)
        // Success is reached from evaluation only; everything else may end anywhere.
        if !move(to: last) { move(to: .failed) }
        for index in stages.indices where stages[index].finishedAt == nil { stages[index].finishedAt = now }
        queue = nil
        completedAt = now
        if let startedAt {
            // Whoever closes it may have a clock behind that of whoever started it, and the schema knows no less than zero.
            let seconds = max(0, (now - startedAt).wholeSeconds)
            durationSeconds = seconds
            duration = DisplayText.duration(seconds: seconds)
        }
        let progress = ending.progress(under: policy, agent: agentsOwnEnd)
        record(progress, generation: generation, now: now)
        settle(progress, generation: generation, now: now)
        if environment?.inventory.isEmpty ?? true {
            mark(.cleanedUp, .true, .notNeeded, "nothing was made", generation: generation, now: now)
        } else {
            mark(
                .cleanedUp, .false, .cleaningUp, "the environment is to be released", generation: generation, now: now)
        }
    }

    /// A verdict alone does not tell a wrong answer from none.
    private var agentsOwnEnd: String? {
        guard let completed = conditions.get(.agentCompleted), completed.status == .true else { return nil }
        return completed.reason == Reason.completed.rawValue ? nil : "\(completed.reason), \(completed.message)"
    }

    /// Leaves no stage half told: what was not reached says so, and the first of it why.
    ///
    /// What a stage has said of itself stands.
    private mutating func settle(_ progress: RunProgress, generation: Int64, now: Timestamp) {
        var isFirst = true
        for type in Self.stageConditions where !conditions.isTrue(type) {
            if conditions.get(type)?.status == .false, type != .admitted { continue }
            if isFirst, case .failed = progress {
                mark(type, .false, progress.reason, progress.message, generation: generation, now: now)
            } else {
                mark(type, .false, .notReached, "the task ended before this", generation: generation, now: now)
            }
            isFirst = false
        }
    }

    /// In the order in which a run reaches them.
    static let stageConditions: [ConditionType] = [
        .admitted, .environmentReady, .applicationDeployed, .faultInjected, .agentCompleted, .evaluated,
        .conversationPersisted,
    ]
}
