/// Which actions of the agent wait for a person.
package enum ApprovalPolicy: Vocabulary {
    case never
    case mutating
    case always
    case unknown(String)

    package static let known: [Self] = [.never, .mutating, .always]

    package var rawValue: String {
        switch self {
        case .never: "Never"
        case .mutating: "Mutating"
        case .always: "Always"
        case .unknown(let text): text
        }
    }
}
