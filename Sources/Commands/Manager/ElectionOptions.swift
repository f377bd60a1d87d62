import CommandLineInterface
import ControllerRuntime
import KubernetesModel
import Primitives

/// What a command line says about the race for the Lease.
struct ElectionOptions: Sendable {
    static let leaseName = "aiops-operator"

    static let declared: [Option] = [
        .toggle(
            "leader-elect",
            summary:
                "Wait for the Lease of the operator before changing anything; without it the operator starts only if "
                + "no other one is seen to live", default: true),
        .value(
            "leader-elect-namespace", "NAME",
            summary:
                "Namespace of the Lease \(leaseName); default: the operator's. Name that of a running operator to stand "
                + "by for it"),
        .seconds(
            "leader-elect-lease-duration",
            summary: "For how long others leave the Lease alone after a renewal; whole seconds", default: "15"),
        .seconds(
            "leader-elect-renew-deadline",
            summary: "After which the leader stops writing if no renewal succeeded", default: "10"),
        .seconds(
            "leader-elect-retry-period", summary: "Between renewals, and between attempts", default: "2"),
    ]

    let isOn: Bool
    let timings: LeaseTimings
    let key: ObjectKey

    init(_ arguments: ParsedArguments, namespace: String) throws {
        isOn = arguments.value("leader-elect") != "false"
        timings = try LeaseTimings(
            duration: Self.seconds("leader-elect-lease-duration", arguments),
            renewDeadline: Self.seconds("leader-elect-renew-deadline", arguments),
            retryPeriod: Self.seconds("leader-elect-retry-period", arguments))
        key = ObjectKey(
            namespace: arguments.value("leader-elect-namespace") ?? namespace, name: Self.leaseName)
    }

    /// The namespace of the Lease, if this process races at all.
    var racesIn: String? { isOn ? key.namespace : nil }

    static func seconds(_ name: String, _ arguments: ParsedArguments) -> Duration {
        .milliseconds(Int64((arguments.seconds(name) ?? 0) * 1_000))
    }
}

/// Another operator lives where this one cannot see that it must wait.
struct OtherOperatorRuns: Error, CustomStringConvertible {
    let rival: RivalSearch.Rival
    let isElecting: Bool

    var isRetryable: Bool { true }
    var isUserError: Bool { true }

    var description: String {
        let (namespace, name) = (rival.key.namespace, rival.key.name)
        let joining =
            isElecting
            ? "stand by for it with --leader-elect-namespace=\(namespace)"
            : "leave out --leader-elect=false and stand by for it (--leader-elect-namespace=\(namespace))"
        return
            "another operator is at work on this cluster: \(rival.holder) holds and renews the Lease \(namespace)/\(name). "
            + "Two would undo each other's work. Stop that one first, or \(joining)."
    }
}
