import AIOpsAPI
import ControllerRuntime
import Controllers
import Environments
import HTTP
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import Primitives
import Problems
import SimulationTesting
import Telemetry

/// One process of the operator with its parts put together as `Operator` does, but turned by hand: caches are filled,
/// pools and tasks reconciled and runs awaited one after another, so that its writes come in the same order every time.
struct OperatorProcess: Sendable {
    let link: ProcessLink
    let client: KubernetesClient
    let tasks: Store<AIOpsTask>
    let pools = Store<WorkerPool>()
    let host: WorkerHost
    let taskReconciler: TaskReconciler
    let poolReconciler: PoolReconciler
    let conversationReconciler: ConversationReconciler
    /// Of the runs; written only by `tellEvents`, so that no write of a run depends on when.
    let events: EventRecorder
    private let server: InMemoryAPIServer
    private let executor: IntentExecutor
    private let time: PollingTime
    private let runsEnded: AsyncStream<Void>

    /// The catalogue is the built-in one unless another is given.
    init(
        session: String, link: ProcessLink, server: InMemoryAPIServer, time: PollingTime, catalogue: Catalogue? = nil,
        metrics: MetricsRegistry = MetricsRegistry(), priceTable: String? = nil, redactor: Redactor? = nil,
        log: (any LogSink)? = nil, kind: KindHost? = nil
    ) throws {
        let redact: @Sendable (String) -> String = { redactor?.redact($0) ?? $0 }
        let settings = OperatorSettings(
            version: "test", namespace: "demo", allowedModelHosts: [ScriptedProvider.host], priceTable: priceTable)
        let logger = log.map { Logger(label: session, sink: $0, level: .debug) } ?? .disabled
        let client = KubernetesClient(
            configuration: ClientConfiguration(server: "https://memory", tls: TLSConfiguration()), transport: link,
            time: time, logger: logger, seed: 1)
        let tasks = Store<AIOpsTask>(indexes: [
            StoreIndex(TaskReconciler.poolIndex) { task in
                PoolReference(task, operatorNamespace: "demo").places.map(\.description)
            }
        ])
        let catalogue = try catalogue ?? Catalogue.builtin()
        events = EventRecorder(
            writer: client, controller: "test", instance: session, flushLimit: .seconds(600), time: time,
            logger: logger, redact: redact, seed: 1)
        let traffic = ModelTraffic(pools: pools, time: time)
        let prices = PriceBook(
            priceTable.map { [events] in
                PriceBook.Source(
                    key: ObjectKey(namespace: "demo", name: $0), client: client, events: events, time: time,
                    logger: logger)
            })
        let purse = PoolPurse(pools: pools, client: client, time: time)
        let services = RunServices(
            client: client, transport: link, catalogue: catalogue, events: events, settings: settings,
            metrics: RunMetrics(registry: metrics), traffic: traffic, prices: prices, purse: purse, kind: kind,
            time: time, logger: logger, redact: redact)
        let (ended, sink) = AsyncStream<Void>.makeStream()
        let workers = WorkerNames(session: session)
        host = WorkerHost(
            workers: workers, capacity: 10, time: time, logger: logger,
            execute: { task, control in
                guard let claim = task.status.claim else { return true }
                return await TaskRun(task, claim: claim, services: services, control: control).run()
            }, finished: { _ in sink.yield() })
        executor = IntentExecutor(writer: client)
        let ledger = PoolLedger(tasks: tasks, pools: pools, operatorNamespace: "demo", names: workers, time: time)
        let podSecurity = PodSecurityProbe(client: client, time: time)
        let network = NetworkIsolation(pools: pools, probe: nil, time: time, logger: logger)
        taskReconciler = TaskReconciler(
            tasks: tasks, pools: pools, ledger: ledger, podSecurity: podSecurity, network: network,
            catalogue: catalogue, host: host, purse: purse, client: client, kind: kind, settings: settings, time: time,
            logger: logger, redact: redact)
        poolReconciler = PoolReconciler(
            pools: pools, ledger: ledger, executor: executor, podSecurity: podSecurity, network: network, kind: kind,
            traffic: traffic, time: time, logger: logger, redact: redact)
        conversationReconciler = ConversationReconciler(
            tasks: tasks, client: client, time: time, logger: logger, redact: redact)
        runsEnded = ended
        self.link = link
        self.client = client
        self.tasks = tasks
        self.server = server
        self.time = time
    }

    /// Works until `isDone`, or until the process dies.
    ///
    /// - Returns: false when neither came within so many rounds that something must be stuck.
    func work(until isDone: @escaping @Sendable () throws -> Bool) async throws -> Bool {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await host.run() }
            defer { group.cancelAll() }
            var ends = runsEnded.makeAsyncIterator()
            for _ in 0..<150 {
                if try isDone() || link.isDead { return true }
                try await round()
                if tasks.list().contains(where: { host.isRunning(uid: $0.metadata.uid) }) {
                    await ends.next()
                }
                time.advance(by: .seconds(1))
            }
            return false
        }
    }

    /// Writes the Events that were recorded so far.
    func tellEvents() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await events.run() }
            await events.drain()
            try await group.waitForAll()
        }
    }

    /// Looks at everything once.
    func round() async throws {
        try fillCaches()
        for pool in pools.list() { await perform(await poolReconciler.reconcile(pool.key)) }
        try fillCaches()
        for task in tasks.list() { await perform(await taskReconciler.reconcile(task.key)) }
        try fillCaches()
        for task in tasks.list() { await perform(await conversationReconciler.reconcile(task.key)) }
        try fillCaches()
    }

    /// What would be done about one task; nothing of it is.
    func decide(_ key: ObjectKey) async throws -> ReconcileOutcome {
        try fillCaches()
        return await taskReconciler.reconcile(key)
    }

    /// Looks at the tasks alone, as their controller does while runs are under way.
    func supervise() async throws {
        try fillCaches()
        for task in tasks.list() { await perform(await taskReconciler.reconcile(task.key)) }
        try fillCaches()
    }

    func fillCaches() throws {
        let version = server.resourceVersion
        tasks.apply(.replace(try server.objects(AIOpsTask.self).map(\.cached), version: version))
        pools.apply(.replace(try server.objects(WorkerPool.self), version: version))
    }

    private func perform(_ outcome: ReconcileOutcome) async {
        do {
            try await executor.execute(outcome.intents)
        } catch {
            // The next round looks again, as the controller's retry does.
        }
    }
}
