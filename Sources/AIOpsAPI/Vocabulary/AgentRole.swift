/// The eight role prompts.
package enum AgentRole: Vocabulary {
    case architect
    case developer
    case qa
    case documentarian
    case consensus
    case steward
    case reviewer
    case data
    case unknown(String)

    package static let known: [Self] = [
        .architect, .developer, .qa, .documentarian, .consensus, .steward, .reviewer, .data,
    ]

    package var rawValue: String {
        switch self {
        case .architect: "Architect"
        case .developer: "Developer"
        case .qa: "QA"
        case .documentarian: "Documentarian"
        case .consensus: "Consensus"
        case .steward: "Steward"
        case .reviewer: "Reviewer"
        case .data: "Data"
        case .unknown(let text): text
        }
    }
}
