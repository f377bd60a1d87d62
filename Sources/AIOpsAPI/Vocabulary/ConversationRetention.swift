/// Whether a conversation goes with its task.
package enum ConversationRetention: Vocabulary {
    case withTask
    case keep
    case unknown(String)

    package static let known: [Self] = [.withTask, .keep]

    package var rawValue: String {
        switch self {
        case .withTask: "WithTask"
        case .keep: "Keep"
        case .unknown(let text): text
        }
    }
}
