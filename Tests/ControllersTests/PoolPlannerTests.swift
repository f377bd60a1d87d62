import AIOpsAPI
import Controllers
import KubernetesModel
import Primitives
import Scheduling
import Testing

@Suite struct PoolPlannerTests {
    private let names = WorkerNames(session: "k3f9x")

    private func plan(
        _ tasks: [AIOpsTask], pool: WorkerPool = Fixture.pool(), assumed: [String: AIOpsTask.Claim] = [:]
    ) -> PoolPlanner.Plan {
        var scheduler = TaskScheduler(ageing: .seconds(300))
        return PoolPlanner(
            PoolPlanner.Input(pool: pool, tasks: tasks, names: names, assumed: assumed, now: Fixture.now)
        ).plan(&scheduler)
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
        let tasks = queued(3)
        let worker = names.names(pool: Fixture.pool().metadata.key, replicas: 3)[0]
        let plan = plan(tasks, assumed: [tasks[0].metadata.uid: claim(worker)])
        #expect(plan.grants.count == 2)
        #expect(!plan.grants.contains { $0.task.metadata.uid == tasks[0].metadata.uid })
        #expect(!plan.grants.contains { $0.claim.worker == worker })
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
        #expect(plan.status.workers.first { $0.name == worker }?.tasks == ["mine"])
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
}
