/// Something unhealthy, with the words of the task for it and the command that would mend it.
struct Finding {
    /// In the order in which one explains the others: a wrong wiring explains pods that are not ready, never the reverse.
    enum Kind: Int, Comparable {
        case wiring, scaledToZero, unschedulable, image, crash, unavailable

        static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }
    }

    var kind: Kind
    /// The Service concerned, or the workload when none stands before it.
    var component: String
    var explanation: String
    var repair: String?

    var systemLevel: String {
        switch kind {
        case .wiring, .scaledToZero, .unschedulable, .image: "Virtualization"
        case .crash, .unavailable: "Application"
        }
    }

    var faultType: String {
        switch kind {
        case .wiring, .image, .crash, .unavailable: "Misconfiguration"
        case .scaledToZero: "Operation Error"
        case .unschedulable: "Dependency Problem"
        }
    }

    /// May pass by itself (a roll-out, a start-up) and is looked at again before it is believed.
    var isPassing: Bool { kind >= .image }
}
