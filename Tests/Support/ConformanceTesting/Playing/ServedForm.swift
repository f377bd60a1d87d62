package import KubernetesTesting

/// Who serves a kind: what the operator is held to.
package enum ServedForm: String, Sendable, CaseIterable {
    /// Kubernetes' own kinds, as 1.20 serves them.
    case builtIn = "built-in-1.20"
    /// Our kinds, with definitions in the old form, as 1.20 serves them.
    case plain = "ours-1.20"
    /// Our kinds as 1.36 serves them.
    case current = "ours-1.36"

    package var isBuiltIn: Bool { self == .builtIn }
    package var profile: ServerProfile { self == .current ? .v1_36 : .v1_20 }
}
