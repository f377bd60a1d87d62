/// How an agent calls its tools.
package enum AgentToolStyle: Vocabulary {
    case auto
    case native
    case codeBlock
    case unknown(String)

    package static let known: [Self] = [.auto, .native, .codeBlock]

    package var rawValue: String {
        switch self {
        case .auto: "Auto"
        case .native: "Native"
        case .codeBlock: "CodeBlock"
        case .unknown(let text): text
        }
    }
}
