internal import Telemetry

/// The numbers of an election under client-go's names.
struct ElectionMetrics: Sendable {
    private let name: String
    private let masterStatus: Gauge
    private let slowPath: Counter

    init(name: String, registry: MetricsRegistry) {
        self.name = name
        masterStatus = registry.gauge(
            "leader_election_master_status", "1 while this process leads, 0 while it does not.", labels: ["name"])
        slowPath = registry.counter(
            "leader_election_slowpath_total", "Renewals of the Lease that did not go through at once.",
            labels: ["name"])
        masterStatus.set(0, [name])
        slowPath.initialize([name])
    }

    func leads(_ isLeader: Bool) { masterStatus.set(isLeader ? 1 : 0, [name]) }

    func tookSlowPath() { slowPath.add([name]) }
}
