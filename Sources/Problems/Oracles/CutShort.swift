/// Why an agent was not let finish, through no doing of its own.
///
/// Nothing is held against it then; what it has mended counts.
package enum CutShort: Sendable, Hashable {
    /// Somebody cancelled it, and waits for the end.
    case cancelled
    /// What its pool may spend in this window is spent, by it and by others.
    case poolBudget

    /// The word of the grade, in the vocabulary of the task's reasons.
    var reason: String {
        switch self {
        case .cancelled: "Cancelled"
        case .poolBudget: "BudgetExceeded"
        }
    }

    var told: String {
        switch self {
        case .cancelled: "the agent was cancelled before it submitted"
        case .poolBudget: "the budget of its pool had no more for the agent before it submitted"
        }
    }

    /// Whether what it has mended is given its time to settle.
    var mayWait: Bool { self != .cancelled }
}
