/// Graceful finishes the current call, evaluates and persists; Immediate persists and cleans up.
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
