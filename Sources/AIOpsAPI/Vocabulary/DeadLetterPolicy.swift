/// What happens to a dispatch whose retries are used up.
package enum DeadLetterPolicy: Vocabulary {
    case keep
    case discard
    case unknown(String)

    package static let known: [Self] = [.keep, .discard]

    package var rawValue: String {
        switch self {
        case .keep: "Keep"
        case .discard: "Discard"
        case .unknown(let text): text
        }
    }
}
