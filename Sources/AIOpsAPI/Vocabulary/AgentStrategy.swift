/// How the agent decides its next action.
package enum AgentStrategy: Vocabulary {
    case react
    case shell
    case threePhase
    case role
    case unknown(String)

    package static let known: [Self] = [.react, .shell, .threePhase, .role]

    package var rawValue: String {
        switch self {
        case .react: "React"
        case .shell: "Shell"
        case .threePhase: "ThreePhase"
        case .role: "Role"
        case .unknown(let text): text
        }
    }
}
