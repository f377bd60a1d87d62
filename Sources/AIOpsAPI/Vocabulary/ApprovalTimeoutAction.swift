/// What an unanswered approval request turns into.
///
/// Approving by silence is not offered.
package enum ApprovalTimeoutAction: Vocabulary {
    case reject
    case cancel
    case unknown(String)

    package static let known: [Self] = [.reject, .cancel]

    package var rawValue: String {
        switch self {
        case .reject: "Reject"
        case .cancel: "Cancel"
        case .unknown(let text): text
        }
    }
}
