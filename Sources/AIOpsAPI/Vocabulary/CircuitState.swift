/// Whether calls to a worker are let through.
package enum CircuitState: Vocabulary {
    case closed
    case open
    case halfOpen
    case unknown(String)

    package static let known: [Self] = [.closed, .open, .halfOpen]

    package var rawValue: String {
        switch self {
        case .closed: "Closed"
        case .open: "Open"
        case .halfOpen: "HalfOpen"
        case .unknown(let text): text
        }
    }
}
