/// What an agent is asked to do about a system; it decides what its hands may do there.
package enum TaskType: String, Sendable, Hashable, CaseIterable {
    case detection = "Detection"
    case localization = "Localization"
    case analysis = "Analysis"
    case mitigation = "Mitigation"

    /// The word used inside the problem ids of the reference.
    package var idWord: String {
        switch self {
        case .detection: "detection"
        case .localization: "localization"
        case .analysis: "analysis"
        case .mitigation: "mitigation"
        }
    }

    /// Only a mitigation changes the system it looks at.
    package var mayWrite: Bool { self == .mitigation }

    package init?(idWord: String) {
        guard let match = Self.allCases.first(where: { $0.idWord == idWord }) else { return nil }
        self = match
    }
}
