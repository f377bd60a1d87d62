/// Whether a task insists on Pod Security being enforced in its namespaces.
package enum PodSecurityDemand: Vocabulary {
    case preferred
    case required
    case unknown(String)

    package static let known: [Self] = [.preferred, .required]

    package var rawValue: String {
        switch self {
        case .preferred: "Preferred"
        case .required: "Required"
        case .unknown(let text): text
        }
    }
}
