/// Whether `Succeeded` means that the run completed, or that the answer was right as well.
package enum SuccessPolicy: Vocabulary {
    case completed
    case passed
    case unknown(String)

    package static let known: [Self] = [.completed, .passed]

    package var rawValue: String {
        switch self {
        case .completed: "Completed"
        case .passed: "Passed"
        case .unknown(let text): text
        }
    }
}
