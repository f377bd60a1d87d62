import AIOpsAPI
import ControllerRuntime
import Controllers
import HTTP
import JSON
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import Primitives
import Telemetry
import Testing

@Suite struct PoolReconcilerTests {
    private let bench = Bench()
    private let tasks = Store<AIOpsTask>(indexes: [
        StoreIndex(TaskReconciler.poolIndex) { task in
            PoolReference(task, operatorNamespace: "demo").places.map(\.description)
        }
    ])
    private let pools = Store<WorkerPool>()
    private let reconciler: PoolReconciler
    private let ledger: PoolLedger
    private let traffic: ModelTraffic
    private let pool = ObjectKey(namespace: "demo", name: "default")

    init() {
        ledger = PoolLedger(
            tasks: tasks, pools: pools, operatorNamespace: "demo", names: WorkerNames(session: "aaaaa"),
            time: bench.time)
        traffic = ModelTraffic(pools: pools, time: bench.time)
        reconciler = PoolReconciler(
            pools: pools, ledger: ledger, executor: IntentExecutor(writer: bench.client),
            podSecurity: PodSecurityProbe(client: bench.client, time: bench.time),
            network: NetworkIsolation(pools: pools, probe: nil, time: bench.time, logger: .disabled), traffic: traffic,
            time: bench.time,
            logger: .disabled)
    }

    private func arrange(tasks names: [String], replicas: Int) throws {
        var pool = Fixture.pool(replicas: replicas)
        pool.metadata.uid = ""
        bench.server.put(pool)
        for name in names { _ = try bench.store(Fixture.task(name, phase: .queued)) }
        try fillCaches()
    }

    /// A task of another namespace, whose turn it would be next.
    private func arrangeNeighbour() throws {
        _ = try bench.store(
            Fixture.task("b", namespace: "default", phase: .queued) {
                var reference = AIOpsTask.PoolReference()
                reference.name = "default"
                reference.namespace = "demo"
                $0.spec.poolRef = reference
            })
    }

    private func fillCaches() throws {
        let version = bench.server.resourceVersion
        tasks.apply(.replace(try bench.server.objects(AIOpsTask.self), version: version))
        pools.apply(.replace(try bench.server.objects(WorkerPool.self), version: version))
    }

    private func claims() throws -> [String: AIOpsTask.Claim] {
        var found: [String: AIOpsTask.Claim] = [:]
        for task in try bench.server.objects(AIOpsTask.self) { found[task.metadata.name] = task.status.claim }
        return found
    }

    private func claimWrites() -> [APICall] {
        bench.server.writes.filter { $0.type == AIOpsTask.resourceType }
    }

    /// After a restart the tasks of a deleted pool would have stayed Running for ever.
    @Test func whatADeadProcessLeftInADeletedPoolIsTakenOver() async throws {
        for name in ["a", "b"] {
            _ = try bench.store(
                Fixture.task(name, phase: .running) {
                    var claim = AIOpsTask.Claim()
                    claim.worker = "demo/default-zzzzz-0"
                    claim.epoch = 3
                    $0.status.claim = claim
                })
        }
        _ = try bench.store(Fixture.task("waiting", phase: .queued))
        try fillCaches()
        let notes = await reconciler.reconcile(pool).notes
        #expect(notes.map(\.reason) == ["TakenOver", "TakenOver"])
        let claims = try claims()
        #expect(claims["a"]?.epoch == 4 && claims["b"]?.epoch == 4)
        #expect(Set([claims["a"]?.worker, claims["b"]?.worker]).count == 2)
        #expect(claims["waiting"] == nil)
        try fillCaches()
        let writes = claimWrites().count
        _ = await reconciler.reconcile(pool)
        #expect(claimWrites().count == writes)
    }

    @Test func aClaimIsWrittenAgainstTheVersionThatWasLookedAt() async throws {
        try arrange(tasks: ["a"], replicas: 1)
        let seen = try bench.stored(ObjectKey(namespace: "demo", name: "a")).metadata
        _ = await reconciler.reconcile(pool)
        let write = try #require(claimWrites().first)
        #expect(write.body["metadata", "resourceVersion"] == .string(seen.resourceVersion))
        #expect(write.body["metadata", "uid"] == .string(seen.uid))
        #expect(try claims()["a"]?.epoch == 1)
        #expect(try bench.stored(ObjectKey(namespace: "demo", name: "a")).status.phase == .provisioning)
    }

    /// Ten tasks of one `kubectl apply` are all admitted before the cache shows the first of them in the queue.
    @Test func eachTaskIsToldAPlaceOfItsOwn() throws {
        try arrange(tasks: [], replicas: 1)
        let pool = try #require(pools.get(pool))
        let joining = try ["a", "b", "c"].map { try bench.store(Fixture.task($0, phase: .pending)) }
        try fillCaches()
        #expect(joining.map { ledger.join($0, in: pool, now: Fixture.now) } == [1, 2, 3])
        // Asked again, since the write failed: nobody has come in between.
        #expect(ledger.join(joining[2], in: pool, now: Fixture.now) == 3)
        // Each of them stands in line now, and is counted once.
        for task in joining {
            var queued = task
            queued.status.phase = .queued
            queued.metadata.finalizers = [Finalizer.environment.name]
            bench.server.put(queued)
        }
        let last = try bench.store(Fixture.task("d", phase: .pending))
        try fillCaches()
        #expect(ledger.join(last, in: pool, now: Fixture.now) == 4)
        for task in joining { bench.server.remove(AIOpsTask.resourceType, task.key) }
        try fillCaches()
        #expect(ledger.join(last, in: pool, now: Fixture.now) == 1)
    }

    /// Its event is all that brings a claimed task to its worker: the gate has to know that one is due.
    @Test func aClaimIsAwaitedUnderItsTask() async throws {
        try arrange(tasks: ["a"], replicas: 1)
        let view = TaskView(store: tasks)
        let gate = WriteGate(views: [view], time: bench.time, logger: .disabled)
        let reconciler = PoolReconciler(
            pools: pools, ledger: ledger, executor: IntentExecutor(writer: bench.client), gate: gate,
            podSecurity: PodSecurityProbe(client: bench.client, time: bench.time),
            network: NetworkIsolation(pools: pools, probe: nil, time: bench.time, logger: .disabled),
            traffic: ModelTraffic(pools: pools, time: bench.time), time: bench.time, logger: .disabled)
        _ = await reconciler.reconcile(pool)
        let task = ObjectKey(namespace: "demo", name: "a")
        #expect(await gate.hold(pool) == nil)
        #expect(await gate.hold(task) != nil)
        try fillCaches()
        #expect(await gate.hold(task) == nil)
        #expect(view.refreshed.withLock { $0 }.isEmpty)
    }

    @Test func anOpenCircuitIsShown() async throws {
        try arrange(tasks: [], replicas: 2)
        let line = ModelTraffic.Line(pool: pool, endpoint: "a", account: "")
        for _ in 0..<5 {
            #expect(traffic.ask(line, tokens: 1) == .go)
            traffic.ended(line, .failed, unused: 0)
        }
        let outcome = await reconciler.reconcile(pool)
        let written = try #require(outcome.intents.first)
        try await IntentExecutor(writer: bench.client).execute([written])
        let status = try #require(try bench.server.objects(WorkerPool.self).first).status
        #expect(status.circuit == .open && status.workers.map(\.circuit) == [.open, .open])
    }

    /// With its claim a task's time begins; it must not begin before there is a place to run.
    @Test func aFullProcessLeavesTasksQueuedAndLooksAgain() async throws {
        let ledger = PoolLedger(
            tasks: tasks, pools: pools, operatorNamespace: "demo", names: WorkerNames(session: "aaaaa"), capacity: 1,
            time: bench.time)
        let reconciler = PoolReconciler(
            pools: pools, ledger: ledger, executor: IntentExecutor(writer: bench.client),
            podSecurity: PodSecurityProbe(client: bench.client, time: bench.time),
            network: NetworkIsolation(pools: pools, probe: nil, time: bench.time, logger: .disabled),
            traffic: ModelTraffic(pools: pools, time: bench.time), time: bench.time, logger: .disabled)
        try arrange(tasks: ["a", "b"], replicas: 2)
        for _ in 0..<2 {
            guard case .requeue(PoolReconciler.roomInterval) = await reconciler.reconcile(pool).result else {
                Issue.record("nobody looks again")
                return
            }
            try fillCaches()
        }
        let waiting = try bench.server.objects(AIOpsTask.self).filter { $0.status.claim == nil }
        #expect(waiting.count == 1 && waiting.allSatisfy { $0.status.phase == .queued && $0.status.startedAt == nil })
    }

    /// I7: the cache shows nothing of the claim yet.
    @Test func aStaleCacheGivesNoWorkerASecondTask() async throws {
        try arrange(tasks: ["a", "b", "c"], replicas: 1)
        for _ in 0..<3 {
            let outcome = await reconciler.reconcile(pool)
            #expect(outcome.notes.isEmpty)
        }
        #expect(claimWrites().count == 1)
        try fillCaches()
        _ = await reconciler.reconcile(pool)
        #expect(try claims().count == 1)
    }

    /// I7: a change of the pool has all of its tasks looked at again, those included whose claims the cache lacks.
    @Test func aChangeOfThePoolForgetsNoClaim() async throws {
        try arrangeNeighbour()
        try arrange(tasks: ["a"], replicas: 1)
        _ = await reconciler.reconcile(pool)
        #expect(claimWrites().count == 1)
        bench.server.modify(WorkerPool.resourceType, pool) { $0["spec"]?["queue"] = ["ageingSeconds": 77] }
        pools.apply(
            .replace(try bench.server.objects(WorkerPool.self), version: bench.server.resourceVersion))
        for _ in 0..<2 { _ = await reconciler.reconcile(pool) }
        #expect(claimWrites().count == 1)
    }

    /// I7: the claim may stand although nobody told us.
    @Test func aLostReplyKeepsTheWorkerCounted() async throws {
        try arrangeNeighbour()
        try arrange(tasks: ["a"], replicas: 1)
        bench.server.inject(.loseReply(.reset(bytesSeen: true, "gone"))) {
            $0.type == AIOpsTask.resourceType && $0.isWrite
        }
        _ = await reconciler.reconcile(pool)
        for _ in 0..<3 { _ = await reconciler.reconcile(pool) }
        #expect(try claims().count == 1)
        try fillCaches()
        _ = await reconciler.reconcile(pool)
        #expect(try claims().count == 1)
    }

    @Test func aRefusedClaimFreesItsWorker() async throws {
        try arrange(tasks: ["a", "b"], replicas: 1)
        // Somebody edits the first task after it was cached.
        bench.server.modify(AIOpsTask.resourceType, ObjectKey(namespace: "demo", name: "a")) {
            $0["metadata"]?["labels"] = ["touched": "yes"]
        }
        _ = await reconciler.reconcile(pool)
        #expect(try claims().isEmpty)
        try fillCaches()
        _ = await reconciler.reconcile(pool)
        #expect(try claims().count == 1)
    }

    @Test func aTaskOfADeadProcessIsTakenOverWithAHigherEpoch() async throws {
        try arrange(tasks: [], replicas: 1)
        _ = try bench.store(
            Fixture.task("old", phase: .running) { $0.status.claim = Bench.claim("demo/default-gone7-0", epoch: 4) })
        try fillCaches()
        let outcome = await reconciler.reconcile(pool)
        let claim = try #require(try claims()["old"])
        #expect(claim.epoch == 5 && claim.worker == "demo/default-aaaaa-0")
        let note = try #require(outcome.notes.first)
        #expect(outcome.notes.count == 1 && note.reason == "TakenOver" && note.regarding.name == "old")
        #expect(note.note.contains("demo/default-aaaaa-0") && note.note.contains("demo/default-gone7-0"))
        // The phase is the task's own and does not move by the change of hands.
        #expect(try bench.stored(ObjectKey(namespace: "demo", name: "old")).status.phase == .running)
    }

    @Test func aSteadyPoolIsNotWritten() async throws {
        try arrange(tasks: ["a"], replicas: 2)
        let executor = IntentExecutor(writer: bench.client)
        for _ in 0..<3 {
            try await executor.execute(await reconciler.reconcile(pool).intents)
            try fillCaches()
        }
        bench.server.forgetCalls()
        for _ in 0..<3 { try await executor.execute(await reconciler.reconcile(pool).intents) }
        #expect(bench.server.writes.isEmpty)
    }

    /// One task more behind thousands costs one look at one task, and no write for itself.
    @Test func aTaskThatJoinsALongLineCostsOneLook() async throws {
        var pool = Fixture.pool(replicas: 0)
        pool.metadata.uid = ""
        bench.server.put(pool)
        let waiting = (0..<5_000).map { Fixture.task("t\($0)", phase: .queued) }
        tasks.apply(.replace(waiting, version: "10"))
        pools.apply(.replace(try bench.server.objects(WorkerPool.self), version: bench.server.resourceVersion))
        let clock = ContinuousClock()
        let whole = await clock.measure { _ = await reconciler.reconcile(pool.key) }
        #expect(ledger.looks == 5_000)
        var took: [Duration] = []
        for number in 0..<20 {
            let new = Fixture.task("new\(number)", phase: .queued) { $0.metadata.resourceVersion = "\(11 + number)" }
            tasks.apply(.upsert(new))
            let before = ledger.looks
            took.append(await clock.measure { _ = await reconciler.reconcile(pool.key) })
            #expect(ledger.looks == before + 1)
        }
        // Nearly as long as the first look when everything was counted anew; a fiftieth of it now.
        let median = took.sorted()[10]
        #expect(median < whole / 5, "\(median) of \(whole)")
    }

    /// I8: a burst of tasks that join is told in one write a second; what a worker gets is told at once.
    @Test func figuresOfTheQueueAloneAreWrittenOnceASecond() async throws {
        try arrange(tasks: ["a", "b"], replicas: 0)
        let executor = IntentExecutor(writer: bench.client)
        func reconcile() async throws -> (writes: Int, again: Duration?) {
            let outcome = await reconciler.reconcile(pool)
            try await executor.execute(outcome.intents)
            try fillCaches()
            guard case .requeue(let wait) = outcome.result else { return (outcome.intents.count, nil) }
            return (outcome.intents.count, wait)
        }
        func total() throws -> Int? { try bench.server.object(WorkerPool.self, pool)?.status.queue?.total }
        #expect(try await reconcile().writes == 1)
        #expect(try total() == 2)
        _ = try bench.store(Fixture.task("c", phase: .queued))
        bench.time.advance(by: .milliseconds(400))
        try fillCaches()
        let early = try await reconcile()
        #expect(early.writes == 0 && early.again == .milliseconds(600))
        bench.time.advance(by: .milliseconds(600))
        #expect(try await reconcile().writes == 1)
        #expect(try total() == 3)
        // Time alone changes how long the oldest has waited, and is no reason to write.
        bench.time.advance(by: .seconds(100))
        #expect(try await reconcile().writes == 0)
        bench.server.modify(WorkerPool.resourceType, pool) { $0["spec"]?["workers"]?["replicas"] = 1 }
        try fillCaches()
        #expect(try await reconcile().writes == 1)
        #expect(try claims().count == 1)
    }

    /// A pool is refused by name, and a running task of a dead process does not hang in it.
    @Test func aPoolThatIsNotServedStartsNothingAndLeavesNothingBehind() async throws {
        try arrange(tasks: ["waiting"], replicas: 1)
        _ = try bench.store(
            Fixture.task("old", phase: .running) { $0.status.claim = Bench.claim("demo/default-gone7-0", epoch: 4) })
        bench.server.modify(WorkerPool.resourceType, pool) {
            $0["spec"]?["retry"] = ["limit": 1]
            $0["spec"]?["environments"] = ["maxTotal": 1]
        }
        try fillCaches()
        let outcome = await reconciler.reconcile(pool)
        try await IntentExecutor(writer: bench.client).execute(outcome.intents)
        let status = try #require(try bench.server.object(WorkerPool.self, pool)).status
        #expect(status.conditions.isTrue(.stalled))
        #expect(status.conditions.get(.available)?.reason == Reason.notSupported.rawValue)
        #expect(status.conditions.get(.stalled)?.message.contains("spec.retry") == true)
        #expect(try claims().keys.sorted() == ["old"])
        #expect(try claims()["old"]?.epoch == 5)
        #expect(status.environments?.inUse == 1)
    }

    /// Warm environments are not made by this version: the pool says so, and so does who waits in it.
    @Test func aPoolThatWantsWarmEnvironmentsIsToldThereAreNone() async throws {
        try arrange(tasks: ["a"], replicas: 1)
        bench.server.modify(WorkerPool.resourceType, pool) { $0["spec"]?["environments"] = ["warm": 2] }
        try fillCaches()
        try await IntentExecutor(writer: bench.client).execute(await reconciler.reconcile(pool).intents)
        let stored = try #require(try bench.server.object(WorkerPool.self, pool))
        let condition = try #require(stored.status.conditions.get(.stalled))
        #expect(condition.status == .true && condition.reason == Reason.notSupported.rawValue)
        #expect(condition.message.contains("spec.environments.warm") && condition.message.contains("set it to 0"))
        let waiting = try Fixture.decide(Fixture.task("a", phase: .queued), pool: .found(stored)).status
        #expect(waiting.conditions.get(.admitted)?.reason == Reason.poolOnHold.rawValue)
    }
}

/// The cache of tasks as the gate asks it.
private struct TaskView: CacheView {
    let store: Store<AIOpsTask>
    let refreshed = Locked<[ObjectKey]>([])
    var resourceType: ResourceType { AIOpsTask.resourceType }

    func covers(_ key: ObjectKey) -> Bool { true }

    func shows(_ write: WrittenObject) -> Bool {
        store.get(write.key)?.metadata.resourceVersion == write.resourceVersion
    }

    func refresh(_ key: ObjectKey) async throws(WatchFailure) { refreshed.withLock { $0.append(key) } }
}
