import AIOpsAPI
import ControllerRuntime
import Controllers
import Environments
import KubernetesModel
import Primitives
import Problems

/// Tasks and pools as a user would write them.
enum Fixture {
    static let now = Timestamp(seconds: 1_800_000_000)
    static let detection = "shop_lite_target_port-misconfig-detection-1"

    static func task(
        _ name: String = "t", namespace: String = "demo", uid: String? = nil, phase: Phase? = nil,
        edit: (inout AIOpsTask) -> Void = { _ in }
    ) -> AIOpsTask {
        var spec = AIOpsTask.Spec()
        var work = AIOpsTask.ProblemWork()
        work.id = detection
        spec.problem = work
        var task = AIOpsTask(metadata: ObjectMeta(name: name, namespace: namespace), spec: spec)
        task.metadata.uid = uid ?? "uid-\(namespace)-\(name)"
        task.metadata.generation = 1
        task.metadata.resourceVersion = "10"
        task.metadata.creationTimestamp = now
        if let phase {
            task.status.phase = phase
            task.status.attempt = 1
            task.status.observedGeneration = 1
            task.admit(now: now)
            task.metadata.finalizers = [Finalizer.environment.name]
        }
        edit(&task)
        return task
    }

    static func pool(
        _ name: String = "default", namespace: String = "demo", replicas: Int = 3,
        edit: (inout WorkerPool) -> Void = { _ in }
    ) -> WorkerPool {
        var spec = WorkerPool.Spec()
        var workers = WorkerPool.Workers()
        workers.replicas = replicas
        spec.workers = workers
        var pool = WorkerPool(metadata: ObjectMeta(name: name, namespace: namespace), spec: spec)
        pool.metadata.uid = "uid-pool-\(name)"
        pool.metadata.generation = 1
        pool.metadata.resourceVersion = "5"
        edit(&pool)
        return pool
    }

    static func problem(_ id: String = detection) throws -> Problem { try Catalogue.builtin().problem(id) }

    static func decide(
        _ task: AIOpsTask, pool: PoolLookup = .found(pool()), problem: ProblemLookup? = nil, queueLength: Int = 0,
        podSecurity: PodSecurityProbe.Finding? = nil, network: NetworkFinding = .unknown("nobody looked"),
        kind: KindFinding? = nil, isRunningHere: Bool = false, now: Timestamp = now
    ) throws -> TaskPlanner.Decision {
        TaskPlanner(
            TaskPlanner.Input(
                task: task, pool: pool, problem: try problem ?? .found(Self.problem()), queueLength: queueLength,
                queuePlace: queueLength + 1, podSecurity: podSecurity, network: network, kind: kind,
                isRunningHere: isRunningHere, operatorVersion: "test", now: now)
        ).decide()
    }
}
