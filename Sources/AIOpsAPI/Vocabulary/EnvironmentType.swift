/// Where the application of a task runs.
package enum EnvironmentType: Vocabulary {
    case namespace
    case kind
    case existing
    case unknown(String)

    package static let known: [Self] = [.namespace, .kind, .existing]

    package var rawValue: String {
        switch self {
        case .namespace: "Namespace"
        case .kind: "Kind"
        case .existing: "Existing"
        case .unknown(let text): text
        }
    }
}
