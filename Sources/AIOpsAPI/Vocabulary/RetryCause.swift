/// Which failures start a new attempt.
package enum RetryCause: Vocabulary {
    case infrastructure
    case provider
    case timeout
    case agent
    case unknown(String)

    package static let known: [Self] = [.infrastructure, .provider, .timeout, .agent]

    package var rawValue: String {
        switch self {
        case .infrastructure: "Infrastructure"
        case .provider: "Provider"
        case .timeout: "Timeout"
        case .agent: "Agent"
        case .unknown(let text): text
        }
    }
}
