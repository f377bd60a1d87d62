package import LanguageModels

/// Money that somebody else hands out, for instance a budget that several runs share.
package protocol Allowance: Sendable {
    /// Makes sure that `total` may have been spent in all since the run began, before it is; nil where the price is unknown.
    ///
    /// - Returns: false when that much is not to be had.
    func cover(_ total: NanoDollars?) async throws(AllowanceError) -> Bool
}

/// Why nobody could say how much money there is: nothing may be spent, and none of it is the agent's failure.
package enum AllowanceError: Error, Sendable {
    case unavailable(String, cause: any Error)
    case cancelled

    package var isRetryable: Bool { if case .unavailable = self { true } else { false } }
    package var isUserError: Bool { false }
}

extension AllowanceError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unavailable(let what, let cause): "\(what): \(cause)"
        case .cancelled: "cancelled"
        }
    }
}
