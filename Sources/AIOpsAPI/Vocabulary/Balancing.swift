/// How a pool picks among its free workers.
package enum Balancing: Vocabulary {
    case roundRobin
    case leastConnections
    case weighted
    case unknown(String)

    package static let known: [Self] = [.roundRobin, .leastConnections, .weighted]

    package var rawValue: String {
        switch self {
        case .roundRobin: "RoundRobin"
        case .leastConnections: "LeastConnections"
        case .weighted: "Weighted"
        case .unknown(let text): text
        }
    }
}
