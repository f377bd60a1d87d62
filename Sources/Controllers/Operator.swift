import AIOpsAPI
package import ControllerRuntime
package import HTTP
package import KubernetesClient
import KubernetesModel
import Lifecycle
package import Primitives
package import Problems
package import Telemetry

/// The whole operator, put together: caches, controllers, workers, Events, probes.
///
/// Everything it talks to comes in as a value, so that the same assembly runs against a real cluster and in a test.
package struct Operator: Sendable {
    package let manager: Manager
    package let host: WorkerHost

    package init(
        settings: OperatorSettings, client: KubernetesClient, transport: any HTTPTransport, catalogue: Catalogue,
        workers: WorkerNames, instance: String, time: any TimeSource, logger: Logger, metrics: MetricsRegistry,
        redact: @escaping @Sendable (String) -> String, crashPoint: IntentExecutor.CrashPoint? = nil
    ) {
        let tasks = Store<AIOpsTask>(indexes: [
            StoreIndex(TaskReconciler.poolIndex) { task in
                // Both places: which of them has the pool is only known when it is looked up.
                PoolReference(task, operatorNamespace: settings.namespace).places.map(\.description)
            }
        ])
        let pools = Store<WorkerPool>()
        let taskCache = Reflector(
            store: tasks, source: ClientSource<AIOpsTask>(client: client), time: time, logger: logger)
        let poolCache = Reflector(
            store: pools, source: ClientSource<WorkerPool>(client: client), time: time, logger: logger)
        let events = EventRecorder(
            writer: client, controller: "aiops.dev/operator", instance: instance, time: time, logger: logger,
            metrics: metrics)
        let executor = IntentExecutor(writer: client, metrics: metrics, crashPoint: crashPoint)
        // Before any controller watches: what it marks must be marked when a reconcile begins.
        let ledger = PoolLedger(tasks: tasks, pools: pools, operatorNamespace: settings.namespace, names: workers)
        let podSecurity = PodSecurityProbe(client: client, time: time)
        let gate = WriteGate(views: [taskCache, poolCache], time: time, logger: logger)
        let queues = Locked<[Controller]>([])
        let services = RunServices(
            client: client, transport: transport, catalogue: catalogue, events: events, settings: settings,
            metrics: RunMetrics(registry: metrics), time: time, logger: logger, redact: redact)
        let host = WorkerHost(
            workers: workers, capacity: settings.maxConcurrentRuns, time: time, logger: logger,
            execute: { task, control in
                guard let claim = task.status.claim else { return true }
                return await TaskRun(task, claim: claim, services: services, control: control).run()
            },
            finished: { key in
                for controller in queues.withLock({ $0 }) where controller.name == Self.taskController {
                    controller.enqueue(key, reason: ReconcileReason("worker", "run ended"))
                }
            })
        let taskController = Controller(
            name: Self.taskController,
            reconciler: TaskReconciler(
                tasks: tasks, pools: pools, ledger: ledger, podSecurity: podSecurity, catalogue: catalogue, host: host,
                client: client, settings: settings, time: time, logger: logger, redact: redact),
            executor: executor, gate: gate, events: events, options: ControllerOptions(concurrency: 8), time: time,
            logger: logger,
            metrics: metrics)
        let poolController = Controller(
            name: Self.poolController,
            reconciler: PoolReconciler(
                pools: pools, ledger: ledger, executor: executor, podSecurity: podSecurity, time: time, logger: logger),
            executor: executor, gate: gate, options: ControllerOptions(concurrency: 2), time: time, logger: logger,
            metrics: metrics)
        queues.withLock { $0 = [taskController, poolController] }
        taskController.watch(tasks)
        taskController.watch(pools) { change in
            // A pool that comes or goes changes what its waiting tasks have to say.
            guard (change.old == nil) != (change.new == nil) || change.old?.spec != change.new?.spec else { return [] }
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
        self.host = host
        var manager = Manager(
            caches: [taskCache, poolCache], controllers: [taskController, poolController], recorder: events,
            time: time, logger: logger, metrics: metrics)
        let sweeper = EnvironmentSweeper(client: client, time: time, logger: logger, metrics: metrics)
        manager.services = [host, sweeper]
        self.manager = manager
    }

    private static let taskController = "aiopstask"
    private static let poolController = "workerpool"
}
