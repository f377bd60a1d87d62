package import AIOpsAPI
import KubernetesModel
package import Primitives

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
            durationSeconds = (now - startedAt).wholeSeconds
            duration = DisplayText.duration(seconds: (now - startedAt).wholeSeconds)
        }
        record(ending.progress(under: policy), generation: generation, now: now)
        if environment?.inventory.isEmpty ?? true {
            mark(.cleanedUp, .true, .notNeeded, "nothing was made", generation: generation, now: now)
        } else {
            mark(
                .cleanedUp, .false, .cleaningUp, "the environment is to be released", generation: generation, now: now)
        }
    }
}
