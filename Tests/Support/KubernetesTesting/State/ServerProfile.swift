/// Which Kubernetes the in-memory server behaves as: the oldest and the newest that the operator is held to.
///
/// Where the two differ is written at each place that asks; the recorded exchanges of both are the proof.
package enum ServerProfile: String, Sendable, Hashable, CaseIterable {
    case v1_20 = "v1.20"
    case v1_36 = "v1.36"

    /// Streaming lists (`sendInitialEvents`), since 1.27.
    package var servesInitialEvents: Bool { self == .v1_36 }
    /// Rules in CEL, and fields that a list may be selected by: since 1.25 and 1.30.
    package var knowsRules: Bool { self == .v1_36 }
    /// `fieldValidation`, since 1.25.
    package var validatesFields: Bool { self == .v1_36 }
    package var gitVersion: String { self == .v1_36 ? "v1.36.2" : "v1.20.2" }
    package var minorVersion: String { self == .v1_36 ? "36" : "20" }
}
