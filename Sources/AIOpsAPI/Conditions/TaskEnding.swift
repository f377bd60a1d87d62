/// How a run ended, before its success policy is asked.
package enum TaskEnding: Sendable, Hashable {
    /// It ran to its end; the verdict is nil where nothing grades the work.
    case completed(Verdict?)
    /// It could not go on, for no fault of the answer.
    case stopped(Reason, String)
    case cancelled(String)

    /// Where the task stands then.
    ///
    /// A wrong answer is a success of the run unless the policy says otherwise; a grading that could not be done never is.
    /// `agent` is what ended the agent's work, where that was no submission of its own.
    package func progress(under policy: SuccessPolicy, agent: String? = nil) -> RunProgress {
        switch self {
        case .stopped(let reason, let message):
            return .failed(reason, message)
        case .cancelled(let message):
            return .failed(.cancelled, message)
        case .completed(.error):
            return .failed(.evaluationFailed, "the answer could not be graded")
        case .completed(let verdict):
            let graded = verdict.map { "completed with verdict \($0)" } ?? "completed"
            let text = agent.map { "\(graded); the agent: \($0)" } ?? graded
            guard policy == .passed, verdict != .passed else { return .succeeded(.completed, text) }
            return .failed(.verdictNotPassed, "\(text), and successPolicy is Passed")
        }
    }

    /// The last phase.
    package func phase(under policy: SuccessPolicy) -> Phase {
        switch (self, progress(under: policy)) {
        case (.cancelled, _): .cancelled
        case (_, .succeeded): .succeeded
        default: .failed
        }
    }
}
