package import Lifecycle
package import Primitives
package import Telemetry

/// The parts of an operator, run together and stopped in order.
///
/// Caches, probes and the race for the Lease run all the time, so a standby is warm; the work runs only in the terms of this
/// process. Stopping: not ready any more; no new keys; reconciles under way end, then what they rely on; Events are
/// flushed; what serves them ends; caches end; the Lease is given up last. A part may rely on those that stop after it until
/// it has ended itself.
package struct Manager: Sendable {
    private let caches: [any ManagedCache]
    private let recorder: EventRecorder?
    private let election: LeaderElection?
    private let makeWork: @Sendable (LeadershipTerm) -> Work
    /// Others that run all the time, such as the probe server; stopped after the Events are flushed.
    package var services: [any Lifecycle.Service] = []
    /// Told of the parts that have not ended when the grace period is over; a program exits there.
    package var onOverdue: @Sendable ([String]) -> Void = { _ in }
    private let gracePeriod: Duration
    private let time: any TimeSource
    private let logger: Logger
    private let metrics: MetricsRegistry?
    private let stopping = Latch()
    private let mayFill = Latch()

    package let probes: Probes
    /// The controllers of the present term.
    package let controllers = ControllerBook()

    /// `makeWork` is called once in each term; without an election there is one term, as long as the process.
    ///
    /// `liveness` gives more reasons to be restarted; the grace period is for everything, from the first signal.
    package init(
        caches: [any ManagedCache], recorder: EventRecorder? = nil, election: LeaderElection? = nil,
        liveness: [Probes.Check] = [], gracePeriod: Duration = .seconds(30), time: any TimeSource, logger: Logger,
        metrics: MetricsRegistry? = nil, work makeWork: @escaping @Sendable (LeadershipTerm) -> Work
    ) {
        self.caches = caches
        self.recorder = recorder
        self.election = election
        self.makeWork = { [controllers] term in
            let work = makeWork(term)
            controllers.open(work.controllers)
            return work
        }
        self.gracePeriod = gracePeriod
        self.time = time
        self.logger = logger
        self.metrics = metrics
        let synced = caches.map { cache in Probes.Check("\(cache.resourceType) cache") { cache.isSynced } }
        let running = Probes.Check("shutdown") { [stopping] in !stopping.isOpen }
        let leaving = election.map { election in [Probes.Check(election.name) { election.isWell }] } ?? []
        probes = Probes(liveness: liveness + leaving, readiness: synced + [running], metrics: metrics)
    }

    /// Runs these controllers from the first moment to the last.
    package init(
        caches: [any ManagedCache], controllers: [Controller], recorder: EventRecorder? = nil,
        liveness: [Probes.Check] = [], gracePeriod: Duration = .seconds(30),
        time: any TimeSource, logger: Logger, metrics: MetricsRegistry? = nil
    ) {
        self.init(
            caches: caches, recorder: recorder, liveness: liveness, gracePeriod: gracePeriod, time: time,
            logger: logger, metrics: metrics, work: { _ in Work(controllers: controllers) })
    }

    /// Runs until a signal comes or a part ends; see ``ServiceGroup/run(until:)``.
    package func run(until signals: Signals? = nil) async throws(ServiceGroupError) {
        let group = ServiceGroup(
            orderedServices, gracePeriod: gracePeriod, logger: logger, time: time, onOverdue: onOverdue)
        try await group.run(until: signals)
    }

    /// In the order of their start, which is the reverse of the order of their end.
    package var orderedServices: [any Lifecycle.Service] {
        var all: [any Lifecycle.Service] = []
        if let election { all += [election, Drain([election], name: "release the lease")] }
        let starts = [mayFill] + (election.map { [$0.standsBy] } ?? [])
        all += caches.map { StartingCache($0, after: starts, time: time) }
        all += services
        if let recorder { all += [recorder, Drain([recorder], name: "drain events")] }
        let work = LeaderWork(
            under: election ?? SoleLeadership() as any Leadership, caches: caches, mayFill: mayFill,
            gracePeriod: gracePeriod * 0.7, time: time, logger: logger, metrics: metrics, work: makeWork)
        all += [work, Drain([work], name: "drain work", announcing: stopping)]
        return all
    }
}
