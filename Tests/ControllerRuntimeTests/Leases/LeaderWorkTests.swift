import ControllerRuntime
import KubernetesModel
import Lifecycle
import LifecycleTesting
import Primitives
import SchedulingTesting
import Telemetry
import Testing

/// What begins and ends with a term, and in which order.
@Suite(.ownThread) struct LeaderWorkTests {
    private let time = ManualTimeSource()
    private let journal = Journal()

    private func work(
        _ leadership: any Leadership, caches: [any ManagedCache] = [], gracePeriod: Duration = .seconds(20),
        metrics: MetricsRegistry? = nil
    ) -> LeaderWork {
        LeaderWork(
            under: leadership, caches: caches, gracePeriod: gracePeriod, time: time, logger: .disabled, metrics: metrics
        ) { [journal] term in
            Work(controllers: [], services: [Worker(name: "work \(term.number)", journal: journal)])
        }
    }

    /// F33: a warm cache may lack the last writes of the leader before.
    @Test func nothingBeginsBeforeEveryCacheHasCaughtUp() async {
        let (quick, slow) = (FakeCache(), FakeCache())
        quick.caughtUp.open()
        let metrics = MetricsRegistry()
        let latency = { metrics.gauge("controller_startup_latency_seconds", "").value() }
        let work = work(SoleLeadership(), caches: [quick, slow], metrics: metrics)
        #expect(metrics.prometheusText().contains("controller_startup_latency_seconds 0\n"))
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await work.run() }
            await eventually("both are asked") { quick.asked.isOpen && slow.asked.isOpen }
            for _ in 0..<2_000 { await Task.yield() }
            #expect(journal.entries.isEmpty)
            time.advance(by: .milliseconds(1_500))
            slow.caughtUp.open()
            await eventually("it begins") { journal.entries == ["work 1 begins"] }
            #expect(latency() == 1.5)
            await work.drain()
            #expect(journal.entries == ["work 1 begins", "work 1 ends"])
            group.cancelAll()
        }
    }

    /// What a list shows that was asked for before the term, it need not show of what was written up to then.
    @Test func onlyListsOfTheTermCount() async {
        let (first, warm) = (FakeCache(), FakeCache(listsAskedFor: 3))
        let mayFill = Latch()
        let work = LeaderWork(
            under: SoleLeadership(), caches: [first, warm], mayFill: mayFill, gracePeriod: .seconds(20), time: time,
            logger: .disabled, work: { _ in Work(controllers: []) })
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await work.run() }
            await eventually("both are asked") { first.asked.isOpen && warm.asked.isOpen }
            #expect([first.askedAfter, warm.askedAfter] == [0, 3])
            #expect(mayFill.isOpen)
            group.cancelAll()
        }
    }

    /// A cache that asks before this process knows whether it leads has to ask twice.
    @Test(arguments: ["leads", "stands by", "nobody knows"]) func aCacheAsksOnceItIsKnownWhoLeads(_ news: String) async
    {
        let (cache, leads, standsBy) = (FakeCache(), Latch(), Latch())
        let starting = StartingCache(cache, after: [leads, standsBy], time: time)
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await starting.run() }
            await eventually("it waits") { time.sleeperCount > 0 || cache.runs.isOpen }
            for _ in 0..<2_000 { await Task.yield() }
            #expect(!cache.runs.isOpen)
            switch news {
            case "leads": leads.open()
            case "stands by": standsBy.open()
            default: time.advance(by: StartingCache.patience)
            }
            await eventually("it runs") { cache.runs.isOpen }
            group.cancelAll()
        }
    }

    @Test func aLostTermEndsItsWorkAndTheNextOneBeginsAnew() async {
        let terms = ScriptedLeadership(journal: journal)
        let work = work(terms)
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await work.run() }
            terms.terms.begin()
            await eventually("it begins") { journal.entries.last == "work 1 begins" }
            #expect(terms.terms.lose())
            await eventually("the end is told") { journal.entries.last == "work ended" }
            terms.terms.begin()
            await eventually("it begins again") { journal.entries.last == "work 2 begins" }
            await work.drain()
            group.cancelAll()
        }
        #expect(
            journal.entries == [
                "work 1 begins", "work 1 ends", "work ended", "work 2 begins", "work 2 ends", "work ended",
            ])
    }

    /// A standby that goes on showing the queues of its last term would raise alarms without a cause.
    @Test func aLostTermLeavesNothingInItsQueuesNumbers() async {
        let (terms, metrics, time) = (ScriptedLeadership(journal: journal), MetricsRegistry(), time)
        let work = LeaderWork(
            under: terms, caches: [], gracePeriod: .seconds(20), time: time, logger: .disabled
        ) { _ in
            let controller = Controller(
                name: "widgets",
                reconciler: Reconciling { _ in
                    do { try await Latch().wait() } catch { return ReconcileOutcome() }
                    return ReconcileOutcome()
                }, executor: IntentExecutor(writer: WidgetServer()),
                options: .init(concurrency: 1, timeout: .seconds(600)), time: time, logger: .disabled,
                metrics: metrics, seed: 1)
            for name in ["out", "ready"] {
                controller.enqueue(ObjectKey(namespace: "a", name: name), reason: .init("test"))
            }
            return Work(controllers: [controller])
        }
        let isShown = { @Sendable (number: Int) in
            let text = metrics.prometheusText()
            return text.contains("workqueue_depth{name=\"widgets\",controller=\"widgets\",priority=\"0\"} \(number)\n")
                && text.contains("controller_runtime_active_workers{controller=\"widgets\"} \(number)\n")
        }
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await work.run() }
            terms.terms.begin()
            await eventually("one is out, one waits") { isShown(1) }
            #expect(terms.terms.lose())
            await eventually("the end is told") { journal.entries == ["work ended"] }
            #expect(isShown(0))
            await work.drain()
            group.cancelAll()
        }
    }

    /// A term lost while the caches catch up does no work at all; a standby that is stopped has none to end.
    @Test func lostOrStoppedBeforeItBeganItDoesNothing() async {
        let cache = FakeCache()
        let terms = ScriptedLeadership(journal: journal)
        let work = work(terms, caches: [cache])
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await work.run() }
            terms.terms.begin()
            await eventually("it waits") { cache.asked.isOpen }
            #expect(terms.terms.lose())
            await eventually("the end is told") { journal.entries == ["work ended"] }
            await work.drain()
            group.cancelAll()
        }
        #expect(journal.entries == ["work ended"])
    }

    /// A term that comes in the moment of the stop: unless its end is told, the Lease is kept until it runs out.
    @Test func aTermThatComesWithTheStopIsHandedBack() async {
        let leadership = BelatedLeadership(journal: journal)
        let work = work(leadership)
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await work.run() }
            await eventually("it asks") { leadership.asked.isOpen }
            await work.drain()
            group.cancelAll()
        }
        #expect(journal.entries == ["work ended"])
    }

    /// Who takes a term and does not hear of it any more leaves one behind that nobody ends.
    @Test func whoIsCancelledTakesNoTerm() async {
        let terms = Terms()
        terms.begin()
        let took = await withTaskGroup(of: Bool.self) { group in
            group.cancelAll()
            group.addTask {
                do { _ = try await terms.next() } catch { return false }
                return true
            }
            return await group.next() ?? true
        }
        #expect(!took && !terms.isTaken)
    }

    /// The whole order of a stop: readiness, work, Events, caches, and the Lease last.
    @Test func theLeaseIsTheLastToGo() {
        let server = WidgetServer()
        let cache = Reflector(store: Store<Widget>(), source: server, time: time, logger: .disabled, seed: 1)
        let recorder = EventRecorder(
            writer: server, controller: "test.dev/operator", instance: "pod", time: time, logger: .disabled, seed: 1)
        let election = LeaderElection(
            key: ObjectKey(namespace: "default", name: "l"), identity: "me", time: time, logger: .disabled
        ) { _ in fatalError("not run here") }
        let manager = Manager(
            caches: [cache], recorder: recorder, election: election, time: time, logger: .disabled,
            work: { _ in Work(controllers: []) })
        let stopped = manager.orderedServices.reversed().map(\.name)
        #expect(
            stopped == [
                "drain work", "work", "drain events", "events", cache.name, "release the lease", "leader election",
            ])
    }
}

private final class Journal: Sendable {
    private let lines = Locked<[String]>([])
    var entries: [String] { lines.withLock { $0 } }
    func add(_ line: String) { lines.withLock { $0.append(line) } }
}

private struct Worker: Lifecycle.Service {
    let name: String
    let journal: Journal

    func run() async throws {
        journal.add("\(name) begins")
        defer { journal.add("\(name) ends") }
        try await Latch().wait()
    }
}

private struct ScriptedLeadership: Leadership {
    let terms = Terms()
    let journal: Journal

    func nextTerm() async throws(CancellationError) -> LeadershipTerm { try await terms.next() }
    func workEnded() { journal.add("work ended") }
}

/// Leads only once nobody asks any more.
private struct BelatedLeadership: Leadership {
    let asked = Latch()
    let journal: Journal

    func nextTerm() async throws(CancellationError) -> LeadershipTerm {
        asked.open()
        do { try await Latch().wait() } catch { return LeadershipTerm(number: 1) }
        return LeadershipTerm(number: 2)
    }
    func workEnded() { journal.add("work ended") }
}

private final class FakeCache: ManagedCache {
    let name = "cache"
    let resourceType = ResourceType.configMaps
    let isSynced = true
    let runs = Latch()
    let asked = Latch()
    let caughtUp = Latch()
    let listsAskedFor: Int
    private let lists = Locked<Int?>(nil)

    init(listsAskedFor: Int = 0) { self.listsAskedFor = listsAskedFor }

    var askedAfter: Int? { lists.withLock { $0 } }

    func run() async throws {
        runs.open()
        try await Latch().wait()
    }
    func barrier(after lists: Int?, patience: Duration) async throws(CancellationError) {
        self.lists.withLock { $0 = lists }
        asked.open()
        try await caughtUp.wait()
    }
    func covers(_ key: ObjectKey) -> Bool { true }
    func shows(_ write: WrittenObject) -> Bool { true }
    func refresh(_ key: ObjectKey) async throws(WatchFailure) {}
}
