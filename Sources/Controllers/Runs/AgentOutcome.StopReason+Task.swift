import AIOpsAPI
import Agent
import KubernetesModel
import Problems

/// What the end of an agent's work means for its task.
extension AgentOutcome.StopReason {
    /// What ended the agent's work, with the limit that did.
    func told(_ context: RunContext) -> String {
        let effective = context.effective
        return switch self {
        case .submitted: "it submitted"
        case .stepLimit: "its \(effective.maxSteps) steps were used up (spec.limits.maxSteps sets another number)"
        case .deadline: context.timeLimit.isOver
        case .tokenBudget:
            "one more call could have passed the limit of tokens (\(effective.maxTokens ?? 0), spec.limits.maxTokens)"
        case .costBudget:
            "one more call could have passed the limit of costs "
                + "(\(DecimalString(nanos: effective.maxCostNanos ?? 0).dollars), spec.limits.maxCost)"
        case .poolBudget:
            "one more call could have passed the budget of its pool, WorkerPool \(context.pool?.name ?? "")"
        case .formatErrors: "too many of its replies in a row could not be read"
        case .refused: "the model refused to go on"
        case .cutReplies: "too many of its replies in a row were cut off"
        case .emptyReplies: "too many of its replies in a row were empty"
        case .asked: "it was cancelled at its work"
        }
    }

    /// Why the agent was not let finish; nil where the end was its own.
    var cut: CutShort? {
        switch self {
        case .asked: .cancelled
        case .poolBudget: .poolBudget
        case .submitted, .stepLimit, .deadline, .tokenBudget, .costBudget, .formatErrors, .refused, .cutReplies,
            .emptyReplies:
            nil
        }
    }

    var reason: Reason {
        switch self {
        case .submitted: .completed
        case .stepLimit: .stepLimitReached
        case .deadline: .timedOut
        case .tokenBudget: .tokenLimitReached
        case .costBudget, .poolBudget: .budgetExceeded
        case .formatErrors: .agentFailed
        case .refused: .modelRefused
        case .cutReplies: .replyTooLong
        case .emptyReplies: .emptyReplies
        case .asked: .cancelled
        }
    }
}
