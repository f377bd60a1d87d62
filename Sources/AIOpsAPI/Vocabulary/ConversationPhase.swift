/// Where a conversation record stands.
package enum ConversationPhase: Vocabulary {
    case active
    case complete
    case damaged
    case unknown(String)

    package static let known: [Self] = [.active, .complete, .damaged]

    package var rawValue: String {
        switch self {
        case .active: "Active"
        case .complete: "Complete"
        case .damaged: "Damaged"
        case .unknown(let text): text
        }
    }
}
