package import Lifecycle
package import Primitives
package import Telemetry

/// The parts of an operator, run together and stopped in order.
///
/// Stopping: not ready any more; no new keys; reconciles under way end, within their grace; Events are flushed; what
/// serves them ends; caches end last. A part may rely on those that stop after it until it has ended itself.
package struct Manager: Sendable {
    private let caches: [any ManagedCache]
    private let controllers: [Controller]
    private let recorder: EventRecorder?
    /// Others that controllers rely on, such as the probe server; stopped after the Events are flushed.
    package var services: [any Lifecycle.Service] = []
    private let gracePeriod: Duration
    private let time: any TimeSource
    private let logger: Logger
    private let stopping = Latch()

    package let probes: Probes

    /// `liveness` gives more reasons to be restarted; the grace period is for everything, from the first signal.
    package init(
        caches: [any ManagedCache], controllers: [Controller], recorder: EventRecorder? = nil,
        liveness: [Probes.Check] = [], gracePeriod: Duration = .seconds(30),
        time: any TimeSource, logger: Logger, metrics: MetricsRegistry? = nil
    ) {
        self.caches = caches
        self.controllers = controllers
        self.recorder = recorder
        self.gracePeriod = gracePeriod
        self.time = time
        self.logger = logger
        let synced = caches.map { cache in Probes.Check("\(cache.resourceType) cache") { cache.isSynced } }
        let running = Probes.Check("shutdown") { [stopping] in !stopping.isOpen }
        probes = Probes(liveness: liveness, readiness: synced + [running], metrics: metrics)
    }

    /// Runs until a signal comes or a part ends; see ``ServiceGroup/run(until:)``.
    package func run(until signals: Signals? = nil) async throws(ServiceGroupError) {
        let group = ServiceGroup(orderedServices, gracePeriod: gracePeriod, logger: logger, time: time)
        try await group.run(until: signals)
    }

    /// In the order of their start, which is the reverse of the order of their end.
    package var orderedServices: [any Lifecycle.Service] {
        var all: [any Lifecycle.Service] = caches
        all += services
        if let recorder { all += [recorder, Drain([recorder], name: "drain events")] }
        all += controllers as [any Lifecycle.Service]
        all.append(Drain(controllers, name: "drain controllers", announcing: stopping))
        return all
    }
}
