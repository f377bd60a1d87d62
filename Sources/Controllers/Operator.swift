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
        redact: @escaping @Sendable (String) -> String, crashPoint: IntentExecutor.CrashPoint? = nil,
        seed: UInt64 = .random(in: 0...UInt64.max)
    ) {
        let tasks = Store<AIOpsTask>(indexes: [
            StoreIndex(TaskReconciler.poolIndex) { task in
                // Both places: which of them has the pool is only known when it is looked up.
                PoolReference(task, operatorNamespace: settings.namespace).places.map(\.description)
            }
        ])
        let pools = Store<WorkerPool>()
        let taskCache = Reflector(
            store: tasks, source: ClientSource<AIOpsTask>(client: client), time: time, logger: logger,
            seed: seed)
        let poolCache = Reflector(
            store: pools, source: ClientSource<WorkerPool>(client: client), time: time, logger: logger,
            seed: seed &+ 1)
        let events = EventRecorder(
            writer: client, controller: "aiops.dev/operator", instance: instance, time: time, logger: logger,
            metrics: metrics, seed: seed &+ 2)
        let executor = IntentExecutor(writer: client, metrics: metrics, crashPoint: crashPoint)
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
                tasks: tasks, pools: pools, catalogue: catalogue, host: host, client: client, events: events,
                settings: settings, time: time, logger: logger, redact: redact),
            executor: executor, gate: gate, options: ControllerOptions(concurrency: 8), time: time, logger: logger,
            metrics: metrics, seed: seed &+ 3)
        let poolController = Controller(
            name: Self.poolController,
            reconciler: PoolReconciler(
                tasks: tasks, pools: pools, names: workers, executor: executor, time: time, logger: logger),
            executor: executor, gate: gate, options: ControllerOptions(concurrency: 2), time: time, logger: logger,
            metrics: metrics, seed: seed &+ 4)
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
        manager.services = [host]
        self.manager = manager
    }

    private static let taskController = "aiopstask"
    private static let poolController = "workerpool"
}
