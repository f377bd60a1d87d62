/// What a worker is doing.
package enum WorkerState: Vocabulary {
    case starting
    case idle
    case busy
    case draining
    case lost
    case unknown(String)

    package static let known: [Self] = [.starting, .idle, .busy, .draining, .lost]

    package var rawValue: String {
        switch self {
        case .starting: "Starting"
        case .idle: "Idle"
        case .busy: "Busy"
        case .draining: "Draining"
        case .lost: "Lost"
        case .unknown(let text): text
        }
    }
}
