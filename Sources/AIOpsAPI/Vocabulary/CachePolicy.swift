/// Whether recorded replies may stand in for model calls.
package enum CachePolicy: Vocabulary {
    case off
    case use
    case refresh
    case unknown(String)

    package static let known: [Self] = [.off, .use, .refresh]

    package var rawValue: String {
        switch self {
        case .off: "Off"
        case .use: "Use"
        case .refresh: "Refresh"
        case .unknown(let text): text
        }
    }
}
