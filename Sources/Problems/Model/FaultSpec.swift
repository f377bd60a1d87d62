/// What is broken on purpose.
package enum FaultSpec: Sendable, Hashable {
    /// Nothing: the twin that tells an agent that looks from one that always says yes.
    case none
    case targetPort(TargetPortMisconfiguration)

    package var kind: String {
        switch self {
        case .none: "None"
        case .targetPort: "TargetPortMisconfiguration"
        }
    }
}
