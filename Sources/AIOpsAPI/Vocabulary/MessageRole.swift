/// Who speaks in a conversation.
package enum MessageRole: Vocabulary {
    case system
    case user
    case assistant
    case function
    case tool
    case unknown(String)

    package static let known: [Self] = [.system, .user, .assistant, .function, .tool]

    package var rawValue: String {
        switch self {
        case .system: "system"
        case .user: "user"
        case .assistant: "assistant"
        case .function: "function"
        case .tool: "tool"
        case .unknown(let text): text
        }
    }
}
