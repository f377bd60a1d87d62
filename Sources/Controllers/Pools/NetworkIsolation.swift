package import AIOpsAPI
package import ControllerRuntime
package import Environments
package import KubernetesModel
import Lifecycle
package import Primitives
package import Telemetry

/// What is known of the cluster's enforcement of NetworkPolicy, and whoever finds it out.
///
/// It is proved once: what a pool's condition has said for less than a week is taken for known, so a new leader proves nothing
/// again; a plug-in may have come since, so later the next start does.
/// Invariants: nothing is proved before there is a pool to tell; what was found stands until the term ends; where nothing was
/// found, it is tried again, in waits that double up to an hour.
package final class NetworkIsolation: Lifecycle.Service {
    package static let firstWait = Duration.seconds(60)
    /// How long what a pool tells is taken over by the next leader.
    package static let lifetime = Duration.seconds(7 * 86_400)
    package static let longestWait = Duration.seconds(3600)
    /// When to look whether there is a pool.
    package static let interval = Duration.seconds(5)
    /// When a task that waits for the finding looks again.
    package static let patience = Duration.seconds(10)

    package let name = "network probe"
    private let pools: Store<WorkerPool>
    /// Nil where an administrator has not asked for it.
    private let probe: NetworkProbe?
    private let time: any TimeSource
    private let logger: Logger
    private let known: Locked<NetworkFinding>
    private let changed = Locked<(@Sendable () -> Void)?>(nil)

    package init(
        pools: Store<WorkerPool>, probe: NetworkProbe?, time: any TimeSource, logger: Logger
    ) {
        self.pools = pools
        self.probe = probe
        self.time = time
        self.logger = logger
        known = Locked(.unknown(probe == nil ? "the operator runs without --network-probe" : "not proved yet"))
    }

    package var finding: NetworkFinding { known.withLock { $0 } }

    /// Whom to tell of a finding.
    func tell(_ changed: @escaping @Sendable () -> Void) { self.changed.withLock { $0 = changed } }

    package func run() async throws {
        var wait = Self.firstWait
        do {
            guard let probe else { return try await rest() }
            while true {
                let all = pools.list()
                guard !all.isEmpty else {
                    try await time.sleep(for: Self.interval)
                    continue
                }
                if let earlier = all.lazy.compactMap({ $0.networkFinding(self.time.wallNow()) }).first {
                    learn(earlier)
                    return try await rest()
                }
                let finding = await probe.prove()
                guard !Task.isCancelled else { return }
                learn(finding)
                guard case .unknown(let why) = finding else {
                    logger.info("network isolation proved", ["finding": .string(finding.reason.rawValue)])
                    return try await rest()
                }
                logger.warning("network isolation not proved", ["why": .string(why), "again": .describing(wait)])
                try await time.sleep(for: wait)
                wait = min(wait * 2, Self.longestWait)
            }
        } catch { return }
    }

    private func learn(_ finding: NetworkFinding) {
        let isNews = known.withLock { known in
            defer { known = finding }
            return known != finding
        }
        if isNews { changed.withLock { $0 }?() }
    }

    /// A service ends with its term and no earlier.
    private func rest() async throws(CancellationError) {
        while true { try await time.sleep(for: Self.longestWait) }
    }
}

extension WorkerPool {
    /// What was proved and written down by whoever led before.
    func networkFinding(_ now: Timestamp) -> NetworkFinding? {
        guard let told = status.conditions.get(.networkIsolation), let since = told.lastTransitionTime,
            now - since < NetworkIsolation.lifetime
        else { return nil }
        switch told.status {
        case .true: return .isolated
        case .false: return .open
        default: return nil
        }
    }
}

extension NetworkFinding {
    package var status: ConditionStatus {
        switch self {
        case .isolated: .true
        case .open: .false
        case .unknown: .unknown
        }
    }

    package var reason: Reason {
        switch self {
        case .isolated: .networkPolicyEnforced
        case .open: .networkPolicyNotEnforced
        case .unknown: .networkPolicyUnproven
        }
    }

    package var message: String {
        switch self {
        case .isolated: "a pair of probe pods has shown that NetworkPolicy is enforced"
        case .open:
            "a probe pod was reached although a NetworkPolicy forbids it: the policies of task namespaces are written and "
                + "not enforced"
        case .unknown(let why): "nobody has shown whether NetworkPolicy is enforced: \(why)"
        }
    }
}
