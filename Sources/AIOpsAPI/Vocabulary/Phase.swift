/// Where a task stands, in one word: a summary for people; conditions are the contract.
package enum Phase: Vocabulary {
    case pending
    case queued
    case provisioning
    case deploying
    case injecting
    case running
    case evaluating
    case succeeded
    case failed
    case cancelled
    case unknown(String)

    package static let known: [Self] = [
        .pending, .queued, .provisioning, .deploying, .injecting, .running, .evaluating, .succeeded, .failed,
        .cancelled,
    ]

    package var rawValue: String {
        switch self {
        case .pending: "Pending"
        case .queued: "Queued"
        case .provisioning: "Provisioning"
        case .deploying: "Deploying"
        case .injecting: "Injecting"
        case .running: "Running"
        case .evaluating: "Evaluating"
        case .succeeded: "Succeeded"
        case .failed: "Failed"
        case .cancelled: "Cancelled"
        case .unknown(let text): text
        }
    }
}
