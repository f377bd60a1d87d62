/// Among whom the queue takes turns within one priority; `arrival` is first come, first served.
package enum QueueFairness: Vocabulary {
    case namespace
    case arrival
    case unknown(String)

    package static let known: [Self] = [.namespace, .arrival]

    package var rawValue: String {
        switch self {
        case .namespace: "Namespace"
        case .arrival: "None"
        case .unknown(let text): text
        }
    }
}
