/// What a worker of a pool is.
package enum WorkerBackend: Vocabulary {
    case `internal`
    case deployment
    case http
    case unknown(String)

    package static let known: [Self] = [.internal, .deployment, .http]

    package var rawValue: String {
        switch self {
        case .internal: "Internal"
        case .deployment: "Deployment"
        case .http: "HTTP"
        case .unknown(let text): text
        }
    }
}
