import AIOpsAPI
import FoundationEssentials
import JSON
import KubernetesModel
import KubernetesTesting
import Primitives
import Testing

@testable import Controllers

/// `environments.maxTotal` of a pool, and what its status says of environments.
@Suite struct PoolEnvironmentsTests {
    private let names = WorkerNames(session: "aaaaa")

    private func pool(most: Int?, replicas: Int = 9) -> WorkerPool {
        Fixture.pool(replicas: replicas) {
            $0.spec.environments = WorkerPool.Environments()
            $0.spec.environments?.maxTotal = most
        }
    }

    private func plan(_ tasks: [AIOpsTask], _ pool: WorkerPool, _ books: inout PoolBooks) -> PoolPlanner.Plan {
        for task in tasks { books.see(task.key, task, home: PoolReference.Home(key: pool.key, pool: pool)) }
        return PoolPlanner(pool: pool, names: names, now: Fixture.now).plan(&books) { key in
            tasks.first { $0.key == key }
        }
    }

    private func plan(_ tasks: [AIOpsTask], _ pool: WorkerPool) -> PoolPlanner.Plan {
        var books = PoolBooks(names: names)
        return plan(tasks, pool, &books)
    }

    private func queued(_ count: Int) -> [AIOpsTask] { (0..<count).map { Fixture.task("q\($0)", phase: .queued) } }

    private func running(_ name: String, session: String = "aaaaa") -> AIOpsTask {
        Fixture.task(name, phase: .running) { $0.status.claim = Bench.claim("demo/default-\(session)-8") }
    }

    @Test func noMoreBeginThanThereMayBe() {
        let (tasks, pool) = (queued(5), pool(most: 2))
        var books = PoolBooks(names: names)
        let first = plan(tasks, pool, &books)
        #expect(first.grants.count == 2)
        #expect(first.status.environments?.inUse == 2 && first.status.environments?.warm == 0)
        #expect(first.status.queue?.total == 3)
        // What was granted is not shown yet, and counts.
        #expect(plan(tasks, pool, &books).grants.isEmpty)
        let free = plan(tasks, self.pool(most: nil))
        #expect(free.grants.count == 5 && free.status.environments == nil)
    }

    /// From the claim until a listing has shown that nothing is left.
    @Test(arguments: [
        ("running", true), ("left behind", true), ("deleted while it runs", true), ("to be released", true),
        ("retained", true), ("stuck", true), ("deleted and not released", true), ("released", false),
        ("nothing was made", false), ("suspended in the queue", false),
    ])
    func whatCountsAsAnEnvironment(what: String, counts: Bool) {
        let task: AIOpsTask
        switch what {
        case "running": task = running("a")
        case "left behind": task = running("a", session: "zzzzz")
        case "deleted while it runs":
            var gone = running("a", session: "zzzzz")
            gone.metadata.deletionTimestamp = Fixture.now
            task = gone
        case "suspended in the queue": task = Fixture.task("a", phase: .queued) { $0.spec.suspend = true }
        default:
            task = Fixture.task("a", phase: .failed) {
                if what != "nothing was made" { $0.keepEnvironment() }
                if what == "deleted and not released" { $0.metadata.deletionTimestamp = Fixture.now }
                let reason: Reason = what == "retained" ? .retained : what == "stuck" ? .cleanUpStuck : .cleaningUp
                $0.status.mark(.cleanedUp, .false, reason, what, generation: 1, now: Fixture.now)
                guard ["released", "nothing was made"].contains(what) else { return }
                $0.status.environment?.inventory = []
                $0.status.mark(.cleanedUp, .true, .done, what, generation: 1, now: Fixture.now)
            }
        }
        let plan = plan([task] + queued(2), pool(most: 1))
        #expect(plan.grants.filter { !$0.isTakeOver }.count == (counts ? 0 : 1))
        #expect(plan.status.environments?.inUse == 1)
    }

    /// Its environment is there already.
    @Test func whatWasLeftBehindIsTakenOverInAFullPool() {
        let plan = plan([running("a", session: "zzzzz"), running("b", session: "zzzzz")] + queued(1), pool(most: 1))
        #expect(plan.grants.map(\.task.metadata.name) == ["a", "b"])
        #expect(plan.grants.allSatisfy { $0.isTakeOver })
        #expect(plan.status.environments?.inUse == 2)
    }

    /// A process without room is asked again each second; one that has room and may not is not.
    @Test func aFullPoolAwaitsNoRoom() {
        var books = PoolBooks(names: names, capacity: 1)
        #expect(!plan(queued(3), pool(most: 1), &books).awaitsRoom)
    }

    @Test func whoWaitsForAnEnvironmentSaysSo() throws {
        var full = pool(most: 2)
        full.status = plan(queued(3), full).status
        let condition = try #require(full.status.conditions.get(.environmentLimitReached))
        #expect(condition.status == .true && condition.message.contains("spec.environments.maxTotal (2)"))
        let status = try Fixture.decide(Fixture.task("q2", phase: .queued), pool: .found(full)).status
        #expect(status.queue == nil || status.queue?.reason == "EnvironmentLimitReached")
        let admitted = try #require(status.conditions.get(.admitted))
        #expect(admitted.reason == "EnvironmentLimitReached" && admitted.message.contains("maxTotal (2)"))
        #expect(status.conditions.get(.reconciling)?.reason == "EnvironmentLimitReached")
        // Nobody waits any more; and a pool without the limit says nothing of it.
        full.status = plan([running("a"), running("b")], full).status
        #expect(full.status.conditions.get(.environmentLimitReached)?.status == .false)
        full.spec.environments?.maxTotal = nil
        #expect(plan([], full).status.conditions.get(.environmentLimitReached) == nil)
        let free = try Fixture.decide(Fixture.task("q2", phase: .queued), pool: .found(full)).status
        #expect(free.conditions.get(.admitted)?.reason == "WaitingForWorker")
    }

    /// Two tasks, room for one environment, and a process that dies after one of its writes: there is never a second, and the
    /// first is kept for some time before the other task begins.
    ///
    /// After each sixteenth write, or each one where `AIOPS_FAULTS` is `all`.
    @Test(arguments: 0..<4) func thereIsOneAtATimeWhoeverDies(lane: Int) async throws {
        let writes = try await playTwo(death: nil)
        let isAll = ProcessInfo.processInfo.environment["AIOPS_FAULTS"] == "all"
        let deaths = Array(stride(from: 1, through: writes, by: isAll ? 1 : 16))
        for index in deaths.indices where index % 4 == lane { try await playTwo(death: deaths[index]) }
    }

    /// - Returns: the writes of the process that dies, or of the only one.
    @discardableResult
    private func playTwo(death: Int?) async throws -> Int {
        let run = Rehearsal(.detection) {
            var retention = AIOpsTask.Retention()
            retention.onSuccessSeconds = 10
            $0.spec.environment = AIOpsTask.Environment()
            $0.spec.environment?.retention = retention
        }
        run.server.modify(WorkerPool.resourceType, pool(most: nil).key) {
            $0["spec"]?["environments"] = ["maxTotal": 1]
        }
        var other = try #require(try run.task())
        other.metadata = ObjectMeta(name: "u", namespace: "demo")
        run.server.put(other)
        let (most, reasons) = (Locked(0), Locked<Set<String>>([]))
        run.server.react(to: .namespaces) { _, cluster in
            let names = cluster.objects(.namespaces, namespace: "").compactMap { $0["metadata", "name"]?.stringValue }
            most.withLock { $0 = max($0, names.count { $0.hasPrefix("env-") }) }
        }
        run.server.react(to: AIOpsTask.resourceType) { object, _ in
            let reason = object["status"]?["queue"]?["reason"]?.stringValue ?? ""
            _ = reasons.withLock { $0.insert(reason) }
        }
        let isOver = { @Sendable in
            try run.server.objects(AIOpsTask.self).allSatisfy {
                $0.status.phase == .succeeded && $0.status.conditions.isTrue(.cleanedUp)
            }
        }
        let writes = try await run.perform(death.map { .deathAfter(.number($0)) }, until: isOver)
        let what: Comment = "dead after \(death ?? 0)"
        #expect(try isOver(), what)
        #expect(most.withLock { $0 } == 1, what)
        #expect(run.namespacesMade == 4 && run.namespacesLeft.isEmpty, what)
        #expect(reasons.withLock { $0 }.contains("EnvironmentLimitReached"), what)
        return writes
    }

    /// Retained environments may be any number, and a status that the schema refuses would not be written at all.
    @Test func anyNumberIsTold() {
        var books = PoolBooks(names: names)
        let pool = pool(most: 1000, replicas: 0)
        for index in 0..<1200 {
            let kept = Fixture.task("k\(index)", phase: .succeeded) { $0.keepEnvironment() }
            books.see(kept.key, kept, home: PoolReference.Home(key: pool.key, pool: pool))
        }
        let status = plan([], pool, &books).status
        #expect(status.environments?.inUse == 1200)
        #expect(WorkerPool.Status.schema.check(status.jsonValue(), at: "status").isEmpty)
    }
}

extension AIOpsTask {
    /// It has ended, and its namespaces are still there.
    mutating func keepEnvironment() {
        var entry = InventoryEntry()
        (entry.apiVersion, entry.kind, entry.name) = ("v1", "Namespace", "env-a")
        var environment = EnvironmentState()
        environment.inventory = [entry]
        status.environment = environment
    }
}
