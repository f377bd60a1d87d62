import AIOpsAPI
import Controllers
import JSON
import KubernetesModel
import Primitives
import Testing

@Suite struct PoolPlannerTests {
    private let names = WorkerNames(session: "k3f9x")

    private func plan(
        _ tasks: [AIOpsTask], pool: WorkerPool = Fixture.pool(), books: PoolBooks? = nil
    ) -> PoolPlanner.Plan {
        var books = books ?? PoolBooks(names: names)
        return plan(tasks, pool: pool, &books)
    }

    private func plan(
        _ tasks: [AIOpsTask], pool: WorkerPool = Fixture.pool(), _ books: inout PoolBooks
    ) -> PoolPlanner.Plan {
        for task in tasks { books.see(task.key, task, home: PoolReference.Home(key: pool.key, pool: pool)) }
        return PoolPlanner(pool: pool, names: names, now: Fixture.now).plan(&books) { key in
            tasks.first { $0.key == key }
        }
    }

    private func claim(_ worker: String, epoch: Int64 = 1) -> AIOpsTask.Claim {
        var claim = AIOpsTask.Claim()
        claim.worker = worker
        claim.epoch = epoch
        return claim
    }

    private func queued(_ count: Int) -> [AIOpsTask] {
        (0..<count).map { Fixture.task("t\($0)", phase: .queued) }
    }

    @Test func noWorkerGetsTwoTasks() {
        let plan = plan(queued(10))
        #expect(plan.grants.count == 3)
        #expect(Set(plan.grants.map(\.claim.worker)).count == 3)
        #expect(plan.status.busy == 3)
        #expect(plan.status.idle == 0)
        #expect(plan.status.queue?.total == 7)
    }

    /// I7: a claim that is written but not shown yet still takes its worker's place.
    @Test func anAssumedClaimCounts() {
        let tasks = queued(7)
        var books = PoolBooks(names: names)
        let first = plan(tasks, &books)
        let second = plan(tasks, &books)
        #expect(first.grants.count == 3 && second.grants.isEmpty)
        #expect(second.status.queue?.total == 4)
    }

    /// A claim that waits for a place in its process would use up the time of its task.
    @Test func aFullProcessTakesNoTaskOutOfTheQueue() throws {
        let tasks = queued(5)
        var books = PoolBooks(names: names, capacity: 2)
        let first = plan(tasks, &books)
        #expect(first.grants.count == 2 && first.awaitsRoom)
        #expect(first.status.idle == 1 && first.status.queue?.total == 3)
        let ended = try #require(first.grants.first?.task.metadata.name)
        let after = tasks.map { task in
            var now = task
            if task.metadata.name == ended { now.status.phase = .succeeded }
            now.metadata.resourceVersion = task.metadata.name == ended ? "11" : "10"
            return now
        }
        let second = plan(after, &books)
        #expect(second.grants.count == 1 && second.awaitsRoom)
    }

    /// Nobody has to look again for a pool that has nothing to give.
    @Test(arguments: ["empty", "holding", "no workers"])
    func roomIsAwaitedOnlyForSomebody(why: String) {
        var books = PoolBooks(names: names, capacity: 0)
        let pool = Fixture.pool(replicas: why == "no workers" ? 0 : 3) {
            if why == "holding" { $0.spec.stopPolicy = .hold }
        }
        #expect(!plan(why == "empty" ? [] : queued(2), pool: pool, &books).awaitsRoom)
    }

    /// What the store shows by now may be cancelled, or somebody else's.
    @Test func aTaskIsGrantedOnlyAsItStandsInTheBooks() {
        let tasks = queued(1)
        var books = PoolBooks(names: names)
        let pool = Fixture.pool()
        books.see(tasks[0].key, tasks[0], home: PoolReference.Home(key: pool.key, pool: pool))
        let plan = PoolPlanner(pool: pool, names: names, now: Fixture.now).plan(&books) { _ in
            Fixture.task("t0", phase: .queued) { $0.metadata.resourceVersion = "11" }
        }
        #expect(plan.grants.isEmpty)
        #expect(plan.changed == [tasks[0].key])
    }

    @Test func aTaskOfADeadProcessIsTakenOverFirstWithAHigherEpoch() throws {
        let orphan = Fixture.task("old", phase: .running) { $0.status.claim = claim("demo/default-gone7-0", epoch: 4) }
        let plan = plan([orphan] + queued(5), pool: Fixture.pool(replicas: 1))
        let grant = try #require(plan.grants.first)
        #expect(plan.grants.count == 1)
        #expect(grant.task.metadata.name == "old")
        #expect(grant.isTakeOver)
        #expect(grant.claim.epoch == 5)
        #expect(names.isOurs(grant.claim.worker))
    }

    @Test func aTaskOfOursIsNotTakenOver() {
        let worker = names.names(pool: Fixture.pool().metadata.key, replicas: 3)[1]
        let plan = plan([Fixture.task("mine", phase: .running) { $0.status.claim = claim(worker) }])
        #expect(plan.grants.isEmpty)
        #expect(plan.status.busy == 1)
        #expect(plan.status.workers.first { $0.name == worker }?.tasks == ["demo/mine"])
    }

    /// A set by the schema: two equal entries would have the whole status refused, for as long as both run.
    @Test func tasksOfOneNameInTwoNamespacesAreToldApart() {
        let pool = Fixture.pool(replicas: 1) { $0.spec.workers?.maxTasksPerWorker = 2 }
        let worker = names.names(pool: pool.key, replicas: 1)[0]
        let tasks = ["a", "b"].map { namespace in
            Fixture.task("same", namespace: namespace, phase: .running) { $0.status.claim = claim(worker) }
        }
        let status = plan(tasks, pool: pool).status
        #expect(status.workers.first?.tasks == ["a/same", "b/same"])
        #expect(WorkerPool.Status.schema.check(status.jsonValue(), at: "status").isEmpty)
    }

    @Test(arguments: ["no finalizer", "deleting", "suspended", "cancelled", "holding"])
    func whatMustNotStartIsLeft(why: String) {
        let task = Fixture.task(phase: .queued) {
            switch why {
            case "no finalizer": $0.metadata.finalizers = []
            case "deleting": $0.metadata.deletionTimestamp = Fixture.now
            case "suspended": $0.spec.suspend = true
            case "cancelled": $0.spec.cancel = .immediate
            default: break
            }
        }
        let pool = Fixture.pool { if why == "holding" { $0.spec.stopPolicy = .hold } }
        #expect(plan([task], pool: pool).grants.isEmpty)
    }

    @Test func aScaledDownPoolLetsItsRunsEnd() {
        let workers = names.names(pool: Fixture.pool().metadata.key, replicas: 3)
        let running = (0..<3).map { index in
            Fixture.task("r\(index)", phase: .running) { $0.status.claim = claim(workers[index]) }
        }
        let plan = plan(running + queued(2), pool: Fixture.pool(replicas: 1))
        #expect(plan.grants.isEmpty)
        #expect(plan.status.replicas == 1)
    }

    @Test func theStatusOfASteadyPoolIsSteady() {
        var pool = Fixture.pool()
        pool.status = plan([], pool: pool).status
        #expect(plan([], pool: pool).status == pool.status)
    }

    @Test func theStatusTellsWhoWaitsHowUrgentlyAndHowLong() {
        let tasks = [(5, 10), (5, 90), (2, 30)].enumerated().map { index, entry in
            Fixture.task("t\(index)", phase: .queued) {
                $0.spec.priority = entry.0
                $0.metadata.creationTimestamp = Fixture.now - .seconds(entry.1)
            }
        }
        let queue = plan(tasks, pool: Fixture.pool(replicas: 0)).status.queue
        #expect(queue?.total == 3)
        #expect(queue?.byPriority.map { [$0.priority, $0.count] } == [[5, 2], [2, 1]])
        #expect(queue?.oldestSeconds == 90)
    }

    /// Each setting of the pool that changes the order: the names in which two workers take four tasks.
    @Test(arguments: [
        ("nothing", ["a0", "b0"]), ("fairness", ["a0", "a1"]), ("route", ["b1", "a0"]), ("label", ["a0", "b1"]),
        ("ageing", ["a0", "b0"]),
    ])
    func theOrderFollowsThePool(setting: String, expected: [String]) {
        let pool = Fixture.pool(replicas: 2) {
            var queue = WorkerPool.QueuePolicy()
            if setting == "fairness" { queue.fairness = .arrival }
            if setting == "ageing" { queue.ageingSeconds = 1 }
            $0.spec.queue = queue
            if setting == "route" || setting == "label" {
                var urgent = WorkerPool.Route()
                urgent.pattern = "noop_*"
                urgent.priority = 5
                if setting == "label" { urgent.matchLabels = ["team": "sre"] }
                var rest = WorkerPool.Route()
                rest.pattern = "*"
                $0.spec.routes = [urgent, rest]
            }
        }
        let tasks = ["a0", "a1", "b0", "b1"].enumerated().map { index, name in
            Fixture.task(name, namespace: String(name.prefix(1)), phase: .queued) {
                $0.metadata.creationTimestamp = Fixture.now - .seconds(100 - index)
                if name == "b1" { $0.spec.problem?.id = "noop_detection_shop_lite-1" }
                // Aged to the top it is no longer behind.
                if name == "a0", setting == "ageing" { $0.spec.priority = 1 }
            }
        }
        var names = plan(tasks, pool: pool).grants.map(\.task.metadata.name)
        if setting == "label" {
            #expect(names == ["a0", "b0"])
            names = plan(
                tasks.map { task in
                    var labelled = task
                    labelled.metadata.labels = task.metadata.name == "b1" ? ["team": "sre"] : [:]
                    return labelled
                }, pool: pool
            ).grants.map(\.task.metadata.name).sorted()
        }
        #expect(names == expected)
    }

    @Test func workersTakeTurnsUnlessTheLeastLoadedIsAskedFor() {
        func workers(_ balancing: Balancing) -> [String] {
            let pool = Fixture.pool(replicas: 2) {
                $0.spec.workers?.maxTasksPerWorker = 3
                $0.spec.balancing = balancing
            }
            var books = PoolBooks(names: names)
            let ours = names.names(pool: pool.key, replicas: 2)
            let busy = (0..<2).map { index in
                Fixture.task("r\(index)", phase: .running) { $0.status.claim = claim(ours[0]) }
            }
            let grants = plan(busy + queued(2), pool: pool, &books).grants
            return grants.map { String($0.claim.worker.suffix(1)) }
        }
        #expect(workers(.roundRobin) == ["0", "1"])
        #expect(workers(.leastConnections) == ["1", "1"])
    }
}
