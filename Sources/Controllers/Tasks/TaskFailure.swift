package import AIOpsAPI

/// Why a run could not go on, in the words its conditions will carry.
package struct TaskFailure: Error, Sendable, CustomStringConvertible {
    package enum Kind: Sendable {
        /// The environment, the cluster or the operator: never the agent's failure.
        case infrastructure
        /// The model's provider: never the agent's failure either.
        case provider
        /// Something the user has to mend.
        case user
    }

    package var kind: Kind
    package var reason: Reason
    package var message: String
    package var cause: (any Error)?

    package init(_ kind: Kind, _ reason: Reason, _ message: String, cause: (any Error)? = nil) {
        self.kind = kind
        self.reason = reason
        self.message = message
        self.cause = cause
    }

    package var isRetryable: Bool { kind != .user }
    package var isUserError: Bool { kind == .user }

    /// Without the reason: whoever shows it shows that as well.
    package var description: String {
        guard let cause else { return message }
        return "\(message): \(cause)"
    }
}

/// Why a run stopped without an outcome of its own.
package enum RunStop: Error, Sendable {
    /// The task is gone, being deleted, or claimed by another worker: no further write.
    case abandoned(String)
    /// The process is shutting down; the next one goes on from status.
    case interrupted
    /// The user asked for it.
    case cancelled
    /// The task's own time is over; which limit that was, and what it cut short.
    case timedOut(String)
    case failed(TaskFailure)
}
