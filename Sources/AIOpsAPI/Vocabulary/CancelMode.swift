/// Graceful leaves the current call ten seconds, grades what is there and persists; Immediate persists and cleans up.
package enum CancelMode: Vocabulary {
    case graceful
    case immediate
    case unknown(String)

    package static let known: [Self] = [.graceful, .immediate]

    package var rawValue: String {
        switch self {
        case .graceful: "Graceful"
        case .immediate: "Immediate"
        case .unknown(let text): text
        }
    }
}
