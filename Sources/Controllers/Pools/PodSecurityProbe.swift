package import AIOpsAPI
package import KubernetesClient
package import KubernetesModel
package import Primitives

/// Finds out whether the server enforces Pod Security.
///
/// By asking, in a dry run, for a namespace whose label names a level that does not exist: admission that heeds these labels
/// refuses it and names the label (`ValidateNamespace` in k8s.io/pod-security-admission), any other server takes it. Nothing
/// is stored, and no namespace of ours need exist. What an administrator has exempted from enforcement is not seen.
///
/// Invariant: anything but these two answers is no finding.
package final class PodSecurityProbe: Sendable {
    package enum Finding: Sendable, Hashable {
        case enforced
        case notEnforced
        /// Nobody could say; with the reason.
        case unknown(String)
    }

    /// How long a finding holds: admission is configured when a server starts.
    package static let lifetime = Duration.seconds(600)
    /// How long to wait before asking again after no finding.
    package static let patience = Duration.seconds(10)

    static let label = "pod-security.kubernetes.io/enforce"

    private struct Known {
        var finding: Finding
        var until: Duration
    }

    private let client: KubernetesClient
    private let time: any TimeSource
    private let known = Locked<Known?>(nil)

    package init(client: KubernetesClient, time: any TimeSource) {
        self.client = client
        self.time = time
    }

    package func finding() async -> Finding {
        let now = time.monotonicNow()
        if let known = known.withLock({ $0 }), now < known.until { return known.finding }
        let finding = await ask()
        let lasts = if case .unknown = finding { Self.patience } else { Self.lifetime }
        known.withLock { $0 = Known(finding: finding, until: time.monotonicNow() + lasts) }
        return finding
    }

    private func ask() async -> Finding {
        let odd = Namespace(
            metadata: ObjectMeta(name: "aiops-pod-security-probe", labels: [Self.label: "no-such-level"]))
        do {
            _ = try await client.create(odd, options: WriteOptions(dryRun: true))
            return .notEnforced
        } catch {
            // Found to be there only after admission has let it pass.
            if error.isAlreadyExists { return .notEnforced }
            if case .invalid = error.kind, error.message.contains(Self.label) { return .enforced }
            return .unknown(error.message)
        }
    }
}

extension PodSecurityProbe.Finding {
    package var status: ConditionStatus {
        switch self {
        case .enforced: .true
        case .notEnforced: .false
        case .unknown: .unknown
        }
    }

    package var reason: Reason {
        switch self {
        case .enforced: .podSecurityEnforced
        case .notEnforced: .podSecurityNotEnforced
        case .unknown: .podSecurityUnproven
        }
    }

    package var message: String {
        switch self {
        case .enforced: "the server refuses pods that break the level of their namespace"
        case .notEnforced:
            "the server has no Pod Security admission: the levels of task namespaces are written and not enforced"
        case .unknown(let why): "the server could not be asked: \(why)"
        }
    }
}
