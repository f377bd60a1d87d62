package import Conversations

/// How a run of an agent ended.
///
/// What is not its doing is thrown, but for an end that others have asked for or brought about with what they spend.
package struct AgentOutcome: Sendable, Hashable {
    package enum StopReason: String, Sendable, Hashable, CaseIterable {
        case submitted = "Submitted"
        case stepLimit = "StepLimitReached"
        case deadline = "TimedOut"
        case tokenBudget = "TokenBudgetExceeded"
        case costBudget = "CostBudgetExceeded"
        /// What others spend as well.
        case poolBudget = "PoolBudgetExceeded"
        case formatErrors = "TooManyFormatErrors"
        /// The model declined, or its provider's filter did for it.
        case refused = "ModelRefused"
        /// Reply after reply ended before its action.
        case cutReplies = "ReplyTooLong"
        case emptyReplies = "EmptyReplies"
        /// Somebody asked for the end between two calls.
        case asked = "Cancelled"
    }

    package var submission: Submission?
    package var stopReason: StopReason
    /// Replies with a valid action, `submit` included.
    package var steps: Int
    package var formatErrors: Int
    package var totals: ConversationTotals
    /// What its replies had to do with its end, in one line, redacted as they are; nil where they had nothing.
    package var detail: String?
}
