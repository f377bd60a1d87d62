import AIOpsAPI
import ControllerRuntime
import Conversations
import HTTP
import JSON
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import Primitives
import SchedulingTesting
import SimulationTesting
import Testing

@testable import Controllers

/// A pool's budget, from the queue to the bill.
@Suite(.ownThread) struct PoolBudgetTests {
    private static let pool = ObjectKey(namespace: "demo", name: "default")

    private static func budget(_ most: DecimalString, window: Int64? = nil) -> WorkerPool.Budget {
        var budget = WorkerPool.Budget()
        budget.maxCost = most
        budget.windowSeconds = window
        return budget
    }

    private static func limits(_ most: DecimalString) -> AIOpsTask.Limits {
        var limits = AIOpsTask.Limits()
        limits.maxCost = most
        return limits
    }

    // MARK: Who is granted what

    private let names = WorkerNames(session: "aaaaa")

    private static func task(_ name: String, most: DecimalString? = nil, simulated: Bool = false) -> AIOpsTask {
        Fixture.task(name, phase: .queued) { task in
            var model = ModelSettings()
            model.provider = simulated ? .simulated : .openAICompatible
            if !simulated { (model.baseURL, model.name) = (ScriptedProvider.baseURL, "scripted") }
            var agent = AIOpsTask.Agent()
            agent.model = model
            task.spec.agent = agent
            task.spec.limits = most.map { limits($0) }
            task.status.queue = AIOpsTask.QueueState()
            task.status.queue?.since = Fixture.now
            task.status.admission = nil
            task.admit(now: Fixture.now)
        }
    }

    private func plan(
        _ tasks: [AIOpsTask], _ pool: WorkerPool, now: Timestamp = Fixture.now
    ) -> PoolPlanner.Plan {
        var books = PoolBooks(names: names)
        for task in tasks {
            let pays = task.mayCost(in: pool.spec, keys: .none, now: now)
            books.see(task.key, task, home: PoolReference.Home(key: pool.key, pool: pool), pays: pays)
        }
        return PoolPlanner(pool: pool, names: names, now: now).plan(&books) { key in tasks.first { $0.key == key } }
    }

    private func granted(_ plan: PoolPlanner.Plan) -> [String] { plan.grants.map(\.task.metadata.name) }

    @Test func tasksAreGrantedTheirLimitsInTheirOrder() throws {
        let pool = Fixture.pool { $0.spec.budget = Self.budget("1") }
        let plan = plan([Self.task("a", most: "0.6"), Self.task("b", most: "0.5"), Self.task("c", most: "0.1")], pool)
        // The small one does not slip past the large one.
        #expect(granted(plan) == ["a"])
        #expect(plan.spends)
        let spend = try #require(plan.status.spend)
        #expect(spend.held == "0.6" && spend.cost == "0" && spend.windowStartedAt == Fixture.now)
        #expect(spend.grants.map(\.task) == ["demo/a"])
        #expect(plan.status.conditions.isTrue(.budgetExceeded))
        #expect(plan.awaitsWindow == Fixture.now + .seconds(86_400))
    }

    /// What costs nothing waits for nobody's money.
    @Test func aSimulatedTaskGoesPastAnEmptyPurse() throws {
        let pool = Fixture.pool { pool in
            pool.spec.budget = Self.budget("1")
            var spend = WorkerPool.Spend()
            spend.cost = "1"
            spend.windowStartedAt = Fixture.now
            pool.status.spend = spend
        }
        let plan = plan([Self.task("a"), Self.task("b", simulated: true)], pool)
        #expect(granted(plan) == ["b"])
        #expect(!plan.spends && plan.status.spend == pool.status.spend)
        #expect(plan.status.queue?.total == 1)
        let later = self.plan([Self.task("a")], pool, now: Fixture.now + .seconds(86_400))
        #expect(granted(later) == ["a"])
        #expect(later.status.spend?.cost == "0" && later.status.spend?.held == "0.1")
        #expect(later.status.conditions.get(.budgetExceeded)?.status == .false)
    }

    /// Namespaces take turns over both lines: many older tasks that cost nothing hold nobody up who pays, nor the other way round.
    @Test(arguments: [true, false]) func namespacesTakeTurnsOverBothLines(isNewcomerPaying: Bool) throws {
        let pool = Fixture.pool { $0.spec.budget = Self.budget("1") }
        var tasks = ["a1", "a2", "a3"].map { Self.task($0, most: "0.1", simulated: isNewcomerPaying) }
        var newcomer = Self.task("b", most: "0.1", simulated: !isNewcomerPaying)
        newcomer.metadata.namespace = "other"
        newcomer.status.queue?.since = Fixture.now + .seconds(5)
        tasks.append(newcomer)
        #expect(granted(plan(tasks, pool, now: Fixture.now + .seconds(10))).prefix(2) == ["a1", "b"])
    }

    @Test func withoutABudgetNothingIsCounted() {
        let pool = Fixture.pool { $0.status.spend = WorkerPool.Spend() }
        let plan = plan([Self.task("a")], pool)
        #expect(granted(plan) == ["a"] && !plan.spends && plan.status.spend == nil)
        #expect(plan.status.conditions.get(.budgetExceeded) == nil)
    }

    /// Who was granted and never claimed gives back; who is gone has spent all that nobody can tell of.
    @Test func grantsThatNobodyElseWillEndAreEnded() throws {
        func pool(_ holders: String...) -> WorkerPool {
            Fixture.pool(replicas: 0) { pool in
                pool.spec.budget = Self.budget("1")
                var spend = WorkerPool.Spend()
                spend.cost = "0"
                spend.windowStartedAt = Fixture.now
                spend.grants = holders.map { uid in
                    var grant = WorkerPool.BudgetGrant()
                    (grant.taskUID, grant.attempt, grant.amount) = (uid, 1, "0.25")
                    return grant
                }
                pool.status.spend = spend
            }
        }
        let waiting = Self.task("a")
        var suspended = Self.task("b")
        suspended.spec.suspend = true
        var running = Self.task("c")
        running.status.phase = .running
        running.status.claim = Bench.claim(names.names(pool: Self.pool, replicas: 1)[0])
        let all = [waiting, suspended, running]
        let plan = plan(all, pool("uid-demo-a", "uid-demo-b", "uid-demo-c", "uid-gone"))
        let spend = try #require(plan.status.spend)
        #expect(spend.grants.map(\.taskUID) == ["uid-demo-c"])
        #expect(spend.cost == "0.25" && spend.held == "0.25")
    }

    /// What was promised stands, whatever is edited; nobody else gets anything until there is room again.
    @Test func aLowerBudgetTakesNoGrantBack() throws {
        var running = Self.task("a", most: "0.6")
        running.status.phase = .running
        running.status.claim = Bench.claim(names.names(pool: Self.pool, replicas: 3)[0])
        let pool = Fixture.pool { pool in
            pool.spec.budget = Self.budget("0.5")
            var grant = WorkerPool.BudgetGrant()
            (grant.taskUID, grant.attempt, grant.amount) = (running.metadata.uid, 1, "0.6")
            var spend = WorkerPool.Spend()
            (spend.grants, spend.windowStartedAt) = ([grant], Fixture.now)
            pool.status.spend = spend
        }
        let plan = plan([running, Self.task("b")], pool)
        #expect(granted(plan).isEmpty && plan.status.spend == pool.status.spend)
        #expect(plan.status.conditions.isTrue(.budgetExceeded))
    }

    /// No window will ever have that much.
    @Test func aTaskThatCanNeverBePaidIsRefused() throws {
        let pool = Fixture.pool { $0.spec.budget = Self.budget("1") }
        for phase in [nil, Phase.queued] {
            var task = Self.task("a", most: "1.01")
            if phase == nil { task.status = AIOpsTask.Status() }
            let status = try Fixture.decide(task, pool: .found(pool)).status
            #expect(status.phase == .failed)
            let condition = try #require(status.conditions.get(.succeeded))
            #expect(condition.reason == "BudgetExceeded" && condition.message.contains("spec.budget.maxCost"))
            let fits = try Fixture.decide(Self.task("a", most: "1"), pool: .found(pool)).status
            #expect(fits.phase == .queued)
        }
        let free = try Fixture.decide(Self.task("a", most: "9", simulated: true), pool: .found(pool)).status
        #expect(free.phase == .queued)
    }

    @Test func whoWaitsForMoneySaysSo() throws {
        let pool = Fixture.pool { pool in
            pool.spec.budget = Self.budget("1")
            pool.status.mark(.budgetExceeded, .true, .budgetExceeded, "no money", generation: 1, now: Fixture.now)
        }
        let status = try Fixture.decide(Self.task("a"), pool: .found(pool)).status
        #expect(status.queue?.reason == "BudgetExceeded")
        #expect(status.conditions.get(.admitted)?.reason == "BudgetExceeded")
        let free = try Fixture.decide(Self.task("b", simulated: true), pool: .found(pool)).status
        #expect(free.queue?.reason == "WaitingForWorker")
    }

    // MARK: Whole runs

    private func spend(_ run: Rehearsal) throws -> WorkerPool.Spend? {
        try run.server.object(WorkerPool.self, Self.pool)?.status.spend
    }

    private static func isSettled(_ run: Rehearsal) throws -> Bool {
        guard try run.isCleanedUp() else { return false }
        return try run.server.object(WorkerPool.self, pool)?.status.spend?.grants.isEmpty == true
    }

    /// Keeps every state of the pool within its budget, and every call within the grant of its task.
    private func watch(_ run: Rehearsal, most: Int64) {
        run.server.react(to: WorkerPool.resourceType) { object, _ in
            let spend = object["status"]?["spend"]
            let sum = ["cost", "held"].reduce(Int64(0)) {
                $0 + (DecimalString(rawValue: spend?[$1]?.stringValue ?? "0").nanos ?? .max / 2)
            }
            #expect(sum <= most)
        }
        let seen = Locked<Set<String>>([])
        run.server.react(to: .configMaps) { map, cluster in
            let name = map["metadata"]?["name"]?.stringValue ?? ""
            guard map["data"]?["messages.jsonl"]?.stringValue?.contains("\"reservation\"") == true,
                !name.contains("segment"), seen.withLock({ $0.insert(name).inserted })
            else { return }
            let pool = cluster.object(WorkerPool.resourceType, Self.pool)
            #expect(
                pool?["status"]?["spend"]?["grants"]?.arrayValue?.isEmpty == false,
                "a call was reserved without a grant")
        }
    }

    private func expectSettled(_ run: Rehearsal, _ what: Comment) async throws {
        let spend = try #require(try spend(run), what)
        #expect(spend.grants.isEmpty && spend.held == "0", what)
        let (_, record, _) = try await run.conversation()
        #expect(spend.cost?.nanos == record.totals.chargedNanoUSD, what)
    }

    @Test(arguments: [Rehearsal.Play.detection, .babbling, .cancelledImmediately, .refusedKey, .environmentTaken])
    func whatARunHasSpentIsSettledHoweverItEnds(play: Rehearsal.Play) async throws {
        let run = Rehearsal(play, budget: Self.budget("2")) { $0.spec.limits = Self.limits("1") }
        watch(run, most: 2_000_000_000)
        try await run.perform()
        try await expectSettled(run, "\(play)")
        // However it ended, its row says what was used.
        let (status, totals) = (try #require(try run.task()?.status), try await run.conversation().record.totals)
        #expect(status.display?.tokens == DisplayText.tokens(totals.usage.totalTokens))
    }

    /// A task without a limit of its own takes more as it needs it, and ends with `BudgetExceeded` where there is no more.
    @Test func aTaskWithoutALimitTakesMoreAsItGoes() async throws {
        func rehearsal(_ most: DecimalString) -> Rehearsal {
            Rehearsal(.detection, answers: .dithering, budget: Self.budget(most)) {
                var limits = AIOpsTask.Limits()
                limits.maxSteps = 12
                $0.spec.limits = limits
            }
        }
        let wide = rehearsal("2")
        watch(wide, most: 2_000_000_000)
        try await wide.perform()
        try await expectSettled(wide, "wide")
        #expect(try wide.task()?.status.conditions.get(.agentCompleted)?.reason == "StepLimitReached")
        // What is set aside grows with the conversation; somewhere on the way there is no more.
        let reserved = try await wide.conversation().record.messages.compactMap(\.reservation?.nanoUSD)
        let (least, most) = (try #require(reserved.first), try #require(reserved.last))
        let narrow = rehearsal(DecimalString(nanos: (least + most) / 2))
        watch(narrow, most: (least + most) / 2)
        let held = Locked<Set<String>>([])
        narrow.server.react(to: WorkerPool.resourceType) { object, _ in
            let amount = object["status"]?["spend"]?["grants"]?[0]?["amount"]?.stringValue
            held.withLock { held in if let amount { held.insert(amount) } }
        }
        try await narrow.perform()
        try await expectSettled(narrow, "narrow")
        let condition = try #require(try narrow.task()?.status.conditions.get(.agentCompleted))
        #expect(condition.reason == "BudgetExceeded" && condition.message.contains("WorkerPool default"))
        #expect(narrow.provider.calls > 0 && narrow.provider.calls < wide.provider.calls)
        #expect(held.withLock { $0.count } > 1)
        // It was not let finish, by what is no doing of its own: nothing is held against it.
        let result = try #require(try narrow.task()?.status.result)
        #expect(result.verdict == .inconclusive && result.reason == "BudgetExceeded")
        #expect(try wide.task()?.status.result?.verdict == .failed)
    }

    /// The limit that struck is the one that is told, and one of the task's own is held against the agent.
    @Test func aLimitOfItsOwnIsNotThePools() async throws {
        let wide = Rehearsal(.detection, answers: .dithering, budget: Self.budget("2"))
        try await wide.perform()
        let reserved = try await wide.conversation().record.messages.compactMap(\.reservation?.nanoUSD)
        let limit = DecimalString(nanos: try #require(reserved.first) * 2)
        let run = Rehearsal(.detection, answers: .dithering, budget: Self.budget("2")) {
            $0.spec.limits = Self.limits(limit)
        }
        try await run.perform()
        let status = try #require(try run.task()?.status)
        let condition = try #require(status.conditions.get(.agentCompleted))
        #expect(condition.reason == "BudgetExceeded" && condition.message.contains("($\(limit), spec.limits.maxCost)"))
        #expect(status.result?.verdict == .failed)
    }

    /// An agent that never had its turn has given no answer and cost nothing.
    @Test func aFirstCallThatCannotBePaidIsNothingToGradeAndCostsNothing() async throws {
        let run = Rehearsal(.detection, budget: Self.budget("2")) { $0.spec.limits = Self.limits("0.000001") }
        watch(run, most: 2_000_000_000)
        try await run.perform()
        let status = try #require(try run.task()?.status)
        let condition = try #require(status.conditions.get(.succeeded))
        #expect(status.phase == .failed && status.result?.verdict == nil)
        #expect(condition.reason == "BudgetExceeded" && condition.message.contains("($0.000001, spec.limits.maxCost)"))
        #expect(run.provider.calls == 0)
        let spend = try #require(try spend(run))
        #expect(spend.grants.isEmpty && spend.cost == "0")
    }

    /// Died, or in the dark about a write, at every one of them: nothing is settled twice, nothing is forgotten.
    @Test(arguments: [CrashTests.Mishap.deathAfter, .deathBefore, .lostReply])
    func aMishapAtAnyWriteLosesNoMoney(mishap: CrashTests.Mishap) async throws {
        func rehearsal() -> Rehearsal {
            let run = Rehearsal(.detection, budget: Self.budget("2")) { $0.spec.limits = Self.limits("1") }
            watch(run, most: 2_000_000_000)
            return run
        }
        let writes = try await rehearsal().perform()
        for number in 1...writes {
            let run = rehearsal()
            try await run.perform(mishap.event(number)) { try Self.isSettled(run) }
            let what: Comment = "\(mishap) \(number) of \(writes)"
            #expect(try run.task()?.status.phase == .succeeded, what)
            try await expectSettled(run, what)
        }
    }

    /// Deleted at any moment: its grant goes with it, and what it has spent does not.
    @Test func aDeletedTaskLeavesItsBillAndNoGrant() async throws {
        let clean = Rehearsal(.mitigation, budget: Self.budget("2")) { $0.spec.limits = Self.limits("1") }
        let writes = try await clean.perform()
        for number in stride(from: 1, through: writes, by: 3) {
            let run = Rehearsal(.mitigation, budget: Self.budget("2")) { $0.spec.limits = Self.limits("1") }
            watch(run, most: 2_000_000_000)
            let outsider = Bench.client(run.server, run.time)
            let deletion = ProcessLink.Event.interference(.number(number)) {
                do {
                    try await outsider.delete(AIOpsTask.resourceType, Rehearsal.key, DeleteOptions())
                } catch {
                    Issue.record(error)
                }
            }
            let isOver: @Sendable () throws -> Bool = {
                guard try run.isGone() else { return false }
                return try run.server.object(WorkerPool.self, Self.pool)?.status.spend?.grants.isEmpty ?? true
            }
            try await run.perform(deletion, until: isOver)
            let what: Comment = "deleted at write \(number) of \(writes)"
            let cost = try spend(run)?.cost?.nanos ?? 0
            // Never less than what was answered; all of the grant where nothing was left that could tell.
            #expect(cost >= Int64(run.provider.calls) * 120_000 && cost <= 1_000_000_000, what)
        }
    }

    @Test func aBudgetWithAnUnknownPriceIsRefused() async throws {
        let run = Rehearsal(.detection) { _ in }
        run.server.modify(WorkerPool.resourceType, Self.pool) { $0["spec"]?["budget"] = ["maxCost": "1"] }
        // Nothing was made, so its end leaves nothing to clean up; the bill comes right after.
        try await run.perform { try Self.isSettled(run) }
        let condition = try #require(try run.task()?.status.conditions.get(.succeeded))
        #expect(condition.reason == "PriceUnknown" && condition.message.contains("WorkerPool default"))
        #expect(run.provider.calls == 0)
        #expect(try spend(run)?.grants.isEmpty == true)
        #expect(try spend(run)?.cost == "0")
    }

    // MARK: Two at once

    /// Two purses with the same view of the pool: the second sees what the first has left.
    @Test func twoWhoWantTheSameMoneyDoNotBothGetIt() async throws {
        let bench = Bench()
        var pool = Fixture.pool { $0.spec.budget = Self.budget("1") }
        pool.metadata.uid = ""
        bench.server.put(pool)
        let pools = Store<WorkerPool>()
        pools.apply(.replace(try bench.server.objects(WorkerPool.self), version: bench.server.resourceVersion))
        let purse = PoolPurse(pools: pools, client: bench.client, time: bench.time)
        let (a, b) = (Self.task("a"), Self.task("b"))
        #expect(try await purse.cover(a, in: Self.pool, total: 600_000_000))
        #expect(try await !purse.cover(b, in: Self.pool, total: 600_000_000))
        #expect(try await purse.cover(b, in: Self.pool, total: 300_000_000))
        let stored = try #require(try bench.server.object(WorkerPool.self, Self.pool)?.status.spend)
        #expect(stored.grants.map(\.amount) == ["0.6", "0.3"])
        // An old view, and the answer of the first end lost: the second finds it done.
        bench.server.inject(.loseReply(.reset(bytesSeen: false, "lost"))) {
            $0.type == WorkerPool.resourceType && $0.isWrite
        }
        pools.apply(.replace(try bench.server.objects(WorkerPool.self), version: bench.server.resourceVersion))
        for _ in 0..<2 {
            guard case .done = await purse.settle(a, in: Self.pool) else {
                Issue.record("not settled"); return
            }
        }
        let after = try #require(try bench.server.object(WorkerPool.self, Self.pool)?.status.spend)
        #expect(after.grants.map(\.amount) == ["0.3"] && after.cost == "0")
    }
}
