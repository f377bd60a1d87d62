/// Whether the answer was right, kept apart from whether the task ran.
///
/// `error` never counts against the agent.
package enum Verdict: Vocabulary {
    case passed
    case failed
    case inconclusive
    case error
    case unknown(String)

    package static let known: [Self] = [.passed, .failed, .inconclusive, .error]

    package var rawValue: String {
        switch self {
        case .passed: "Passed"
        case .failed: "Failed"
        case .inconclusive: "Inconclusive"
        case .error: "Error"
        case .unknown(let text): text
        }
    }
}
