/// The three values of a condition, for its schema.
package enum ConditionWord: Vocabulary {
    case yes
    case no
    case undecided
    case unknown(String)

    package static let known: [Self] = [.yes, .no, .undecided]

    package var rawValue: String {
        switch self {
        case .yes: "True"
        case .no: "False"
        case .undecided: "Unknown"
        case .unknown(let text): text
        }
    }
}
