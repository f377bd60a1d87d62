import AIOpsAPI
package import ControllerRuntime
package import Environments
package import HTTP
package import KubernetesClient
import KubernetesModel
import Lifecycle
package import Primitives
package import Problems
package import Telemetry

/// The whole operator, put together: caches, controllers, workers, Events, probes, and the race for the Lease.
///
/// Everything it talks to comes in as a value, so that the same assembly runs against a real cluster and in a test.
package struct Operator: Sendable {
    package let manager: Manager

    package init(
        settings: OperatorSettings, client: KubernetesClient, transport: any HTTPTransport, catalogue: Catalogue,
        workers: @escaping @autoclosure @Sendable () -> WorkerNames, instance: String,
        election: LeaderElection? = nil, liveness: [Probes.Check] = [], gracePeriod: Duration = .seconds(30),
        kind: KindHost? = nil, time: any TimeSource, logger: Logger,
        metrics: MetricsRegistry, redact: @escaping @Sendable (String) -> String,
        crashPoint: IntentExecutor.CrashPoint? = nil, seed: UInt64 = .random(in: 0...UInt64.max)
    ) {
        let tasks = Store<AIOpsTask>(indexes: [
            StoreIndex(TaskReconciler.poolIndex) { task in
                // Both places: which of them has the pool is only known when it is looked up.
                PoolReference(task, operatorNamespace: settings.namespace).places.map(\.description)
            }
        ])
        let pools = Store<WorkerPool>()
        let taskCache = Reflector(
            store: tasks, keeping: { $0.cached }, source: ClientSource<AIOpsTask>(client: client), time: time,
            logger: logger, metrics: metrics, seed: seed)
        let poolCache = Reflector(
            store: pools, source: ClientSource<WorkerPool>(client: client), time: time, logger: logger,
            metrics: metrics, seed: seed &+ 1)
        let events = EventRecorder(
            writer: client, controller: "aiops.dev/operator", instance: instance,
            // Between the work, which has seven tenths of the grace period, and the release of the Lease.
            flushLimit: min(.seconds(5), gracePeriod / 6), time: time, logger: logger, metrics: metrics, redact: redact,
            seed: seed &+ 2)
        let prices = PriceBook(
            settings.priceTable.map {
                PriceBook.Source(
                    key: ObjectKey(namespace: settings.namespace, name: $0), client: client, events: events, time: time,
                    logger: logger)
            })
        manager = Manager(
            caches: [taskCache, poolCache], recorder: events, election: election, liveness: liveness,
            gracePeriod: gracePeriod, time: time, logger: logger, metrics: metrics,
            work: { _ in
                // A new session each time: a claim of an earlier term is taken over as a dead process' would be, under the
                // next epoch, which shuts out what may still be on its way.
                Self.work(
                    workers: workers(), tasks: tasks, taskCache: taskCache, pools: pools, poolCache: poolCache,
                    events: events, settings: settings, prices: prices, client: client, kind: kind,
                    transport: transport, catalogue: catalogue, time: time, logger: logger, metrics: metrics,
                    redact: redact,
                    crashPoint: crashPoint, seed: seed)
            })
    }

    /// What this process does while it leads.
    private static func work(
        workers: WorkerNames, tasks: Store<AIOpsTask>, taskCache: Reflector<AIOpsTask, AIOpsTask>,
        pools: Store<WorkerPool>,
        poolCache: Reflector<WorkerPool, WorkerPool>, events: EventRecorder, settings: OperatorSettings,
        prices: PriceBook, client: KubernetesClient, kind: KindHost?, transport: any HTTPTransport,
        catalogue: Catalogue, time: any TimeSource, logger: Logger,
        metrics: MetricsRegistry, redact: @escaping @Sendable (String) -> String,
        crashPoint: IntentExecutor.CrashPoint?, seed: UInt64
    ) -> Work {
        let executor = IntentExecutor(
            writer: client, kinds: [AIOpsTask.resourceType, WorkerPool.resourceType], metrics: metrics,
            crashPoint: crashPoint)
        // Before any controller watches: what it marks must be marked when a reconcile begins.
        let ledger = PoolLedger(
            tasks: tasks, pools: pools, operatorNamespace: settings.namespace, names: workers,
            modelKeys: settings.modelKeys, capacity: settings.maxConcurrentRuns, time: time)
        let podSecurity = PodSecurityProbe(client: client, time: time)
        let networkProbe = NetworkProbe(client: client, images: settings.images, time: time)
        let network = NetworkIsolation(
            pools: pools, probe: settings.provesNetworkIsolation ? networkProbe : nil, time: time, logger: logger)
        let gate = WriteGate(views: [taskCache, poolCache], time: time, logger: logger)
        let runEnded = Locked<(@Sendable (ObjectKey) -> Void)?>(nil)
        let runMetrics = RunMetrics(registry: metrics)
        let circuitChanged = Locked<(@Sendable (ObjectKey) -> Void)?>(nil)
        let traffic = ModelTraffic(pools: pools, time: time) { pool, circuit in
            runMetrics.circuit(of: pool, is: circuit)
            circuitChanged.withLock { $0 }?(pool)
        }
        let purse = PoolPurse(pools: pools, client: client, time: time, wrote: { gate.record($0, by: $1) })
        let services = RunServices(
            client: client, transport: transport, catalogue: catalogue, events: events, settings: settings,
            metrics: runMetrics, traffic: traffic, prices: prices, purse: purse, kind: kind, time: time, logger: logger,
            redact: redact,
            wrote: { gate.record($0, by: $1) })
        let host = WorkerHost(
            workers: workers, capacity: settings.maxConcurrentRuns, time: time, logger: logger,
            execute: { task, control in
                guard let claim = task.status.claim else { return true }
                return await TaskRun(task, claim: claim, services: services, control: control).run()
            },
            finished: { key in runEnded.withLock { $0 }?(key) })
        // As long as this term: the host goes with it.
        tasks.subscribe(for: host) { runMetrics.saw($0) }
        let taskController = Controller(
            name: "aiopstask",
            reconciler: TaskReconciler(
                tasks: tasks, pools: pools, ledger: ledger, podSecurity: podSecurity, network: network,
                catalogue: catalogue, host: host, purse: purse, client: client, kind: kind, settings: settings,
                time: time, logger: logger, redact: redact),
            executor: executor, gate: gate, events: events,
            options: ControllerOptions(concurrency: 8, wakers: ["worker"]), time: time, logger: logger,
            metrics: metrics, seed: seed &+ 3)
        let poolController = Controller(
            name: "workerpool",
            reconciler: PoolReconciler(
                pools: pools, ledger: ledger, executor: executor, gate: gate, podSecurity: podSecurity,
                network: network, kind: kind, traffic: traffic, time: time, logger: logger, redact: redact),
            executor: executor, gate: gate, events: events,
            options: ControllerOptions(concurrency: 2, wakers: ["models", "network"]), time: time, logger: logger,
            metrics: metrics, seed: seed &+ 4)
        let conversationController = Controller(
            name: "llmconversation",
            reconciler: ConversationReconciler(
                tasks: tasks, client: client, time: time, logger: logger, redact: redact),
            executor: executor, gate: gate, options: ControllerOptions(concurrency: 2), time: time, logger: logger,
            metrics: metrics, seed: seed &+ 5)
        // Weak: the controller has the host, and a term whose parts hold each other would never be freed.
        runEnded.withLock {
            $0 = { [weak taskController] in
                taskController?.enqueue($0, reason: ReconcileReason("worker", "run ended"))
            }
        }
        circuitChanged.withLock {
            $0 = { [weak poolController] in
                poolController?.enqueue($0, reason: ReconcileReason("models", "circuit changed"))
            }
        }
        network.tell { [weak poolController] in
            for pool in pools.list() {
                poolController?.enqueue(pool.key, reason: ReconcileReason("network", "isolation looked at"))
            }
        }
        taskController.watch(tasks)
        conversationController.watch(tasks) { change in
            guard let task = change.new, task.hasUnsealedConversation else { return [] }
            return [task.key]
        }
        taskController.watch(pools) { change in
            // A grant that is still held when its task is over has to be settled.
            (change.new?.status.spend?.grants ?? []).compactMap { grant in
                grant.taskKey.flatMap { tasks.get($0)?.status.isFinished == true ? $0 : nil }
            }
        }
        taskController.watch(pools) { change in
            // A pool that comes or goes changes what its waiting tasks have to say, and one on its way out serves nobody.
            let lacks = [change.old, change.new].map { pool in
                [.budgetExceeded, .environmentLimitReached].map { pool?.status.conditions.isTrue($0) ?? false }
            }
            guard
                change.old?.metadata.isBeingDeleted != change.new?.metadata.isBeingDeleted
                    || change.old?.spec != change.new?.spec || lacks[0] != lacks[1]
            else { return [] }
            return tasks.list(index: TaskReconciler.poolIndex, value: change.key.description)
                .filter { !$0.status.isFinished }.map(\.key)
        }
        poolController.watch(pools) { change in
            // Where a pool comes or goes, waiting tasks change over between it and the shared one.
            guard (change.old == nil) != (change.new == nil) else { return [change.key] }
            let asking = tasks.list(index: TaskReconciler.poolIndex, value: change.key.description)
            return Array(
                Set(asking.flatMap { PoolReference($0, operatorNamespace: settings.namespace).places } + [change.key]))
        }
        poolController.watch(tasks) { change in
            guard let task = change.new ?? change.old else { return [] }
            return PoolReference(task, operatorNamespace: settings.namespace).places
        }
        let sweeper = EnvironmentSweeper(
            client: client, seenVersion: { tasks.resourceVersion }, time: time, logger: logger, metrics: metrics)
        var helpers: [any Lifecycle.Service] = [gate, host, sweeper, network]
        if settings.priceTable != nil { helpers.append(prices) }
        if let kind {
            helpers.append(
                KindSweeper(
                    host: kind, client: client, seenVersion: { tasks.resourceVersion }, time: time, logger: logger,
                    metrics: metrics))
        }
        helpers.append(Drain([host], name: "drain workers"))
        return Work(controllers: [taskController, poolController, conversationController], services: helpers)
    }
}
