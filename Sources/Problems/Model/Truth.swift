/// What is the matter, as the answers are compared with.
///
/// Never shown to an agent.
package struct Truth: Sendable, Hashable {
    package var anomaly: Bool
    /// The faulty components, each by all the names that are accepted for it, the official one first.
    package var components: [[String]]
    /// Nil, with `faultType`, when there is no fault.
    package var systemLevel: String?
    package var faultType: String?

    package init(
        anomaly: Bool, components: [[String]] = [], systemLevel: String? = nil, faultType: String? = nil
    ) {
        self.anomaly = anomaly
        self.components = components
        self.systemLevel = systemLevel
        self.faultType = faultType
    }

    package static let systemLevels = ["Hardware", "Operating System", "Virtualization", "Application"]
    package static let faultTypes = [
        "Misconfiguration", "Code Defect", "Authentication Issue", "Network/Storage Issue", "Operation Error",
        "Dependency Problem",
    ]
}
