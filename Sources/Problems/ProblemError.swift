package import Environments
package import JSON
package import KubernetesClient
package import KubernetesModel

/// What can go wrong with a problem, by the step that failed.
package enum ProblemError: Error, Sendable {
    /// Nothing in the catalogue has this id; the closest ones are named.
    case unknownProblem(id: String, suggestions: [String])
    case invalidParameter(name: String, message: String)
    /// A definition of the catalogue is wrong; the place is `file:line`.
    case invalidDefinition(place: String, path: String, message: String)
    case deploy(ObjectKey, EnvironmentError)
    case observe(KubernetesError)
    /// The system never got into the state that the run needs; what was seen last.
    case notHealthy([Shortfall])
    case baselineTooLarge(bytes: Int, limit: Int)
    /// What the status says about an earlier step cannot be read.
    case unreadableRecord(String, JSONError)
    /// The system does not look as the fault expects it.
    case faultNotApplicable(String)
    case inject(KubernetesError)
    case notInEffect(String)
    case recover(KubernetesError)
    case probe(String)
    case cancelled
}

extension ProblemError {
    package var isRetryable: Bool {
        switch self {
        case .deploy(_, let cause): cause.isRetryable
        case .observe(let cause), .inject(let cause), .recover(let cause): cause.isRetryable
        case .notHealthy, .notInEffect, .probe: true
        default: false
        }
    }

    package var isUserError: Bool {
        switch self {
        case .unknownProblem, .invalidParameter, .invalidDefinition: true
        default: false
        }
    }
}

extension ProblemError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknownProblem(let id, let suggestions):
            suggestions.isEmpty
                ? "no problem has the id \"\(id)\""
                : "no problem has the id \"\(id)\"; did you mean \(suggestions.joined(separator: ", "))?"
        case .invalidParameter(let name, let message): "parameter \(name): \(message)"
        case .invalidDefinition(let place, let path, let message): "\(place): \(path): \(message)"
        case .deploy(let key, let cause): "cannot deploy \(key): \(cause)"
        case .observe(let cause): "cannot look at the application: \(cause.message)"
        case .notHealthy(let shortfalls):
            "the application is not healthy: " + shortfalls.prefix(5).map(\.message).joined(separator: "; ")
        case .baselineTooLarge(let bytes, let limit): "the baseline takes \(bytes) bytes, \(limit) are allowed"
        case .unreadableRecord(let what, let cause): "the recorded \(what) cannot be read: \(cause)"
        case .faultNotApplicable(let message): "the fault does not fit the system: \(message)"
        case .inject(let cause): "cannot inject the fault: \(cause.message)"
        case .notInEffect(let message): "the fault is not in effect: \(message)"
        case .recover(let cause): "cannot take the fault back: \(cause.message)"
        case .probe(let message): "cannot call the front door: \(message)"
        case .cancelled: "cancelled"
        }
    }
}
