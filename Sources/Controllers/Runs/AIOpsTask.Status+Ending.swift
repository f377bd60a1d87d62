import AIOpsAPI
import Primitives

extension AIOpsTask.Status {
    /// How the attempt under way ends, once that is decided: all that is left to do is to seal and to close.
    ///
    /// It stands among the attempts before the conversation is sealed. Whoever comes after a crash between the two would
    /// otherwise begin the attempt again and find its conversation sealed.
    var ending: TaskEnding? {
        guard let record = attempts.last(where: { $0.number == max(1, attempt) }) else { return nil }
        let reason = record.reason.map(Reason.init(rawValue:)) ?? .internalError
        return switch reason {
        case .completed: .completed(record.verdict)
        case .cancelled: .cancelled(record.message ?? "")
        default: .stopped(reason, record.message ?? "")
        }
    }

    /// Decides how the attempt ends; what is decided stays.
    ///
    /// A verdict that is written stands as well: whatever failed after it was not the answer.
    mutating func decide(_ ending: TaskEnding, claim: AIOpsTask.Claim, now: Timestamp) {
        guard self.ending == nil else { return }
        var record = AIOpsTask.AttemptRecord()
        record.number = max(1, attempt)
        record.worker = claim.worker
        record.environment = environment?.name
        record.startedAt = startedAt
        record.completedAt = now
        record.cost = usage?.cost
        record.verdict = result?.verdict
        switch ending {
        case .completed(let verdict):
            record.reason = Reason.completed.rawValue
            record.verdict = verdict
        case .stopped where conditions.isTrue(.evaluated):
            record.reason = Reason.completed.rawValue
        case .stopped(let reason, let message):
            record.reason = reason.rawValue
            record.message = message.cut(toScalars: Self.messageLimit)
        case .cancelled(let message):
            record.reason = Reason.cancelled.rawValue
            record.message = message.cut(toScalars: Self.messageLimit)
        }
        attempts.append(record)
    }

    /// What the schema allows of a message about an attempt.
    private static let messageLimit = 1024
}
