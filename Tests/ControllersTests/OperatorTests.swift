import AIOpsAPI
import ControllerRuntime
import Controllers
import HTTP
import JSON
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import Primitives
import Problems
import SchedulingTesting
import SimulationTesting
import Telemetry
import Testing

/// The operator as it is put together for users, with watches, queues and workers side by side.
///
/// Nothing in it has to wait, so the time is the real one.
@Suite(.ownThread) struct OperatorTests {
    private final class Watch: Sendable {
        private struct State {
            var mostAtOnce = 0
            var doubles: [String] = []
            var cleaned: Set<String> = []
        }

        private let state = Locked(State())
        let changes: AsyncStream<Void>
        private let sink: AsyncStream<Void>.Continuation

        init() { (changes, sink) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

        var mostAtOnce: Int { state.withLock { $0.mostAtOnce } }
        var doubles: [String] { state.withLock { $0.doubles } }
        var cleaned: Int { state.withLock { $0.cleaned.count } }

        func look(at objects: [JSONValue]) {
            let tasks = objects.compactMap { try? AIOpsTask(jsonValue: $0) }
            let running = tasks.filter { $0.status.phase?.isRunning == true }
            let workers = running.compactMap(\.status.claim?.worker)
            state.withLock { state in
                state.mostAtOnce = max(state.mostAtOnce, running.count)
                if Set(workers).count < workers.count { state.doubles.append(workers.joined(separator: " ")) }
                for task in tasks where task.status.isFinished && task.status.conditions.isTrue(.cleanedUp) {
                    state.cleaned.insert(task.metadata.name)
                }
            }
            sink.yield()
        }
    }

    private let cluster = ShopCluster(time: SystemTimeSource())
    private let watch = Watch()

    init() {
        let watch = watch
        cluster.server.react(to: AIOpsTask.resourceType) { _, cluster in
            watch.look(at: cluster.objects(AIOpsTask.resourceType, namespace: "demo"))
        }
        cluster.server.put(Fixture.pool())
    }

    private func create(_ count: Int) {
        for number in 0..<count {
            var task = Fixture.task("t\(number)")
            task.metadata = ObjectMeta(name: "t\(number)", namespace: "demo")
            var agent = AIOpsTask.Agent()
            var model = ModelSettings()
            model.provider = .openAICompatible
            model.name = "scripted"
            model.baseURL = ScriptedProvider.baseURL
            agent.model = model
            task.spec.agent = agent
            cluster.server.put(task)
        }
    }

    /// Runs an operator of its own session until so many tasks are over and cleaned up, and stops it as a signal does.
    private func run(
        _ session: String, until count: Int, metrics: MetricsRegistry = MetricsRegistry(), counted: Double = 0,
        redact: @escaping @Sendable (String) -> String = { $0 }
    ) async throws {
        let link = ProcessLink(server: cluster.server, provider: ScriptedProvider(isMitigation: false))
        let client = KubernetesClient(
            configuration: ClientConfiguration(server: "https://memory", tls: TLSConfiguration()), transport: link,
            time: SystemTimeSource(), logger: .disabled, seed: 1)
        let whole = Operator(
            settings: OperatorSettings(version: "test", namespace: "demo", allowedModelHosts: [ScriptedProvider.host]),
            client: client, transport: link, catalogue: try Catalogue.builtin(),
            workers: WorkerNames(session: session), instance: session, time: SystemTimeSource(), logger: .disabled,
            metrics: metrics, redact: redact)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await whole.manager.run() }
            for await _ in watch.changes where watch.cleaned >= count { break }
            // The cache shows the last of it a moment later.
            let limit = ContinuousClock.now + .seconds(20)
            while Self.ends(metrics).values.reduce(0, +) < counted, ContinuousClock.now < limit { await Task.yield() }
            group.cancelAll()
            do { try await group.waitForAll() } catch is CancellationError {}
        }
    }

    private static let kinds = [
        ["Succeeded", "Passed", "Completed"], ["Failed", "", "ProblemNotFound"], ["Cancelled", "", "Cancelled"],
    ]

    /// How many tasks of each kind were counted as ended.
    private static func ends(_ metrics: MetricsRegistry) -> [[String]: Double] {
        let counter = metrics.counter(
            "aiops_tasks_finished_total", "Tasks that ended.", labels: ["phase", "verdict", "reason"])
        return Dictionary(uniqueKeysWithValues: kinds.map { ($0, counter.value($0)) })
    }

    /// Whatever ends it, a run or the one who refuses it; what ended before a restart is not counted again.
    @Test(.timeLimit(.minutes(2))) func everyEndIsCountedOnce() async throws {
        create(2)
        for (name, edit) in [
            ("unknown", { $0.problem?.id = "nobody-knows-1" }), ("unwanted", { $0.cancel = .graceful }),
        ] as [(String, (inout AIOpsTask.Spec) -> Void)] {
            var task = Fixture.task(name)
            task.metadata = ObjectMeta(name: name, namespace: "demo")
            edit(&task.spec)
            cluster.server.put(task)
        }
        let first = MetricsRegistry()
        try await run("aaaaa", until: 4, metrics: first, counted: 4)
        #expect(Self.kinds.map { Self.ends(first)[$0] } == [2, 1, 1])
        var late = Fixture.task("late")
        late.metadata = ObjectMeta(name: "late", namespace: "demo")
        late.spec.problem?.id = "nobody-knows-2"
        cluster.server.put(late)
        let second = MetricsRegistry()
        try await run("bbbbb", until: 5, metrics: second, counted: 1)
        #expect(Self.kinds.map { Self.ends(second)[$0] } == [0, 1, 0])
    }

    private func expectDone(_ count: Int) throws {
        let tasks = try cluster.server.objects(AIOpsTask.self)
        #expect(tasks.count == count)
        for task in tasks {
            #expect(task.status.phase == .succeeded, "\(task.metadata.name)")
            #expect(task.status.result?.verdict == .passed, "\(task.metadata.name)")
        }
        #expect(watch.doubles.isEmpty)
        #expect(watch.mostAtOnce <= 3)
        #expect(cluster.server.objects(.namespaces).count == 2)
    }

    @Test(.timeLimit(.minutes(2))) func tenTasksOnThreeWorkersAllEndThreeAtATime() async throws {
        create(10)
        try await run("aaaaa", until: 10)
        try expectDone(10)
        #expect(watch.mostAtOnce == 3)
    }

    /// A queued task says that its pool is gone, and is taken by one of that name that comes later, without anybody
    /// touching it.
    @Test(.timeLimit(.minutes(2))) func aQueuedTaskOutlivesItsPool() async throws {
        let key = Fixture.pool().key
        cluster.server.modify(WorkerPool.resourceType, key) { $0["spec"]?["workers"]?["replicas"] = 0 }
        let said = Locked<[String]>([])
        cluster.server.react(to: AIOpsTask.resourceType) { object, cluster in
            guard let task = try? AIOpsTask(jsonValue: object),
                let reason = task.status.conditions.get(.admitted)?.reason
            else { return }
            let isFirstWait = said.withLock { said in
                if said.last != reason { said.append(reason) }
                return said == ["WaitingForWorker"]
            }
            // Not before the finalizer: what is queued is queued for good.
            if isFirstWait, !task.metadata.finalizers.isEmpty {
                cluster.delete(WorkerPool.resourceType, key)
            } else if reason == "PoolNotFound" {
                var pool = Fixture.pool()
                pool.metadata.uid = ""
                pool.metadata.resourceVersion = ""
                cluster.put(WorkerPool.resourceType, pool.jsonValue())
            }
        }
        create(1)
        try await run("aaaaa", until: 1)
        try expectDone(1)
        let reasons = said.withLock { $0 }
        #expect(
            reasons.prefix(2) == ["WaitingForWorker", "PoolNotFound"] && reasons.last == "QuotaReserved", "\(reasons)")
    }

    /// A process that loses its Lease goes on in its next term: parts that hold each other would add up.
    @Test(.timeLimit(.minutes(2))) func nothingOfATermIsLeftWhenItIsOver() async throws {
        final class Trace: Sendable {}
        weak var trace: Trace?
        create(1)
        do {
            let held = Trace()
            trace = held
            try await run("aaaaa", until: 1) { text in withExtendedLifetime(held) { text } }
        }
        #expect(trace == nil)
    }

    @Test(.timeLimit(.minutes(2))) func aRestartInTheMiddleLosesNothing() async throws {
        create(6)
        try await run("aaaaa", until: 2)
        try await run("bbbbb", until: 6)
        try expectDone(6)
    }
}
