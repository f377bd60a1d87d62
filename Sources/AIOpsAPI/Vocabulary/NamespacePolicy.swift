/// From which namespaces a pool takes tasks.
package enum NamespacePolicy: Vocabulary {
    case same
    case all
    case selector
    case unknown(String)

    package static let known: [Self] = [.same, .all, .selector]

    package var rawValue: String {
        switch self {
        case .same: "Same"
        case .all: "All"
        case .selector: "Selector"
        case .unknown(let text): text
        }
    }
}
