import AIOpsAPI
import ControllerRuntime
import Environments
import JSON
import KubernetesClient
import KubernetesModel
import LanguageModels
import Lifecycle
import Primitives
import Problems
import Telemetry

/// What the stages of one run share: the admitted spec, the problem, the model, the environment's plan.
///
/// Made anew by whoever continues a run; everything in it follows from the task alone.
struct RunContext: Sendable {
    let record: TaskRecord
    let services: RunServices
    let effective: EffectiveTask
    let problem: Problem
    let model: any LanguageModel
    /// As they were when this run began: an edit of the table holds for the next.
    let prices: PriceTable
    /// Whose budget it spends; nil for a task that has no pool any more.
    let pool: ObjectKey?
    let attempt: Int
    let generation: Int64
    private(set) var plan: EnvironmentPlan
    let vigil: EnvironmentVigil
    /// The cluster that is the environment's own; nil where it is made in the operator's.
    let kind: KindEnvironment?
    /// The cluster the environment is in: the operator's until that of a Kind environment is there.
    private(set) var reach: KubernetesClient
    /// When the environment has to be there at the latest; nil for no such limit.
    let startDeadline: Timestamp?
    /// When the task's own time is over, on the wall clock so that it holds across restarts.
    private(set) var deadline: Timestamp
    /// Where that comes from, for messages.
    let timeLimit: TimeLimit

    static func make(
        record: TaskRecord, services: RunServices, vigil: EnvironmentVigil
    ) async throws(RunStop) -> RunContext {
        let task = await record.task
        let pool = try await pool(of: task, services)
        let spec = try runningSpec(task)
        let problem = try problem(spec, services)
        let (effective, timeLimit) = try effective(task, spec, problem, pool?.defaults)
        // Before anything is made: a key that is missing costs nobody an environment.
        let model: any LanguageModel
        // Of this run alone: a key that one namespace makes up must not blot out the words of another.
        let keys = Redactor()
        let key = Locked<String?>(nil)
        let resolver = ModelResolver(
            client: services.client, transport: services.transport, time: services.time,
            allowedHosts: services.settings.allowedModelHosts, keys: services.settings.modelKeys,
            holdSecret: { used in
                keys.register(secret: used)
                key.withLock { $0 = used }
            })
        let (namespace, poolNamespace) = (task.metadata.namespace ?? "", pool?.namespace ?? "")
        do {
            model = try await resolver.resolve(
                effective.model, namespace: namespace, poolNamespace: poolNamespace)
        } catch {
            if Task.isCancelled { throw .interrupted }
            // The server was away: whoever holds the claim reads the Secret when it is back.
            if let cause = error.cause as? KubernetesError, cause.isRetryable || cause.isCancelled {
                throw .interrupted
            }
            throw .failed(error)
        }
        let govern = { @Sendable [services] model in Self.governed(model, effective.model, pool: pool, task, services) }
        let governed = RenewingModel(govern(model), time: services.time) { [logger = services.logger] in
            let refused = key.withLock { $0 }
            do throws(TaskFailure) {
                let model = try await resolver.resolve(
                    effective.model, namespace: namespace, poolNamespace: poolNamespace)
                guard key.withLock({ $0 }) != refused else { return nil }
                logger.info("the model's key was refused, and another is there now", ["task": "\(record.key)"])
                return govern(model)
            } catch {
                logger.warning(
                    "the model's key was refused, and could not be read anew",
                    ["task": "\(record.key)", "error": .describing(error)])
                return nil
            }
        }
        let kind = try await kind(of: task, effective, pool: pool, services)
        let apiServer = kind == nil ? try await apiServer(services.client, services) : []
        var services = services
        services.redact = { [redact = services.redact] in redact(keys.redact($0)) }
        await record.hide(with: services.redact)
        let started = task.status.startedAt ?? services.time.wallNow()
        let admitted = task.status.admission?.admittedAt ?? started
        return RunContext(
            record: record, services: services, effective: effective, problem: problem,
            model: MeteredModel(governed, metrics: services.metrics), prices: await services.prices.current(),
            pool: pool.map { ObjectKey(namespace: $0.namespace, name: $0.name) }, attempt: task.currentAttempt,
            generation: task.metadata.generation,
            plan: EnvironmentPlan(
                EnvironmentRequest(
                    taskUID: task.metadata.uid, attempt: task.currentAttempt, taskType: problem.taskType,
                    images: services.settings.images, apiServer: apiServer,
                    sandboxLifetimeSeconds: effective.timeoutSeconds + 600)),
            vigil: vigil, kind: kind, reach: services.client,
            startDeadline: effective.startDeadlineSeconds.map { admitted + .seconds($0) },
            deadline: started + .seconds(effective.timeoutSeconds), timeLimit: timeLimit)
    }

    /// Within the limits of the pool; what answers without a network has none.
    private static func governed(
        _ model: any LanguageModel, _ settings: EffectiveModel, pool: Giver?, _ task: AIOpsTask, _ services: RunServices
    ) -> any LanguageModel {
        guard !model.descriptor.isSimulated else { return model }
        let owner = settings.credentialsOwner == .pool ? pool?.namespace : task.metadata.namespace
        let account = settings.credentialsSecretRef.map { "\(owner ?? "")/\($0.name)/\($0.key ?? "")" }
        let endpoint = settings.baseURL.flatMap { ModelEndpoint(baseURL: $0) }
        let line = ModelTraffic.Line(
            pool: ObjectKey(namespace: pool?.namespace ?? "", name: pool?.name ?? ""),
            endpoint: endpoint?.authority ?? model.descriptor.provider, account: account ?? "")
        return GovernedModel(model, traffic: services.traffic, line: line, time: services.time)
    }

    /// What a pool gives a run, and where its Secrets are.
    private struct Giver {
        var namespace: String
        var name: String
        var defaults: WorkerPool.Spec
    }

    /// The pool as it was when it admitted the task: an edit, and whoever goes on after a restart, changes no run.
    private static func pool(of task: AIOpsTask, _ services: RunServices) async throws(RunStop) -> Giver? {
        do {
            if let pool = task.status.admission?.pool, let defaults = try task.admittedDefaults() {
                return Giver(namespace: pool.namespace, name: pool.name, defaults: defaults)
            }
        } catch {
            throw .failed(
                TaskFailure(.infrastructure, .internalError, "the admitted defaults cannot be read", cause: error))
        }
        return try await present(pool: task, services).map {
            Giver(namespace: $0.metadata.namespace ?? "", name: $0.metadata.name, defaults: $0.spec)
        }
    }

    /// The pool as it is, for a task that was admitted by a version that did not keep a copy; nil when it is gone by now,
    /// and the task's own settings stand alone.
    private static func present(pool task: AIOpsTask, _ services: RunServices) async throws(RunStop) -> WorkerPool? {
        for place in PoolReference(task, operatorNamespace: services.settings.namespace).places {
            do {
                return try await Patience(time: services.time).again(while: { $0.isRetryable }) {
                    () async throws(KubernetesError) in try await services.client.get(WorkerPool.self, place)
                }
            } catch {
                if error.isNotFound { continue }
                throw RunStop(error, .internalError, "could not read WorkerPool \(place)")
            }
        }
        return nil
    }

    private static func kind(
        of task: AIOpsTask, _ effective: EffectiveTask, pool: Giver?, _ services: RunServices
    ) async throws(RunStop) -> KindEnvironment? {
        guard effective.environmentType == .kind else { return nil }
        guard let host = services.kind else {
            throw .failed(TaskFailure(.infrastructure, .kindUnavailable, "\(KindError.notConfigured)"))
        }
        let home: String
        do {
            home = try await Patience(time: services.time).again(while: { $0.isRetryable }) {
                () async throws(EnvironmentError) in try await host.homeID()
            }
        } catch {
            if error.isCancelled || error.isRetryable { throw .interrupted }
            throw .failed(
                TaskFailure(
                    .infrastructure, .provisioningFailed, "the operator's own cluster has no name", cause: error))
        }
        let (uid, attempt) = (task.metadata.uid, task.currentAttempt)
        return KindEnvironment(
            order: KindOrder(
                name: KindClusterName(pool: pool?.name ?? "", taskUID: uid, attempt: attempt, home: home),
                nodeImage: effective.kindNodeImage, workers: effective.kindWorkers, config: effective.kindConfig),
            host: host,
            record: KubeconfigRecord(
                namespace: task.metadata.namespace ?? "", taskUID: uid, attempt: attempt, owner: task.ownerReference,
                client: services.client))
    }

    /// The same run with its hands in a cluster of its own, where the API server has other addresses.
    func moved(to reach: KubernetesClient, _ kind: KindEnvironment) async throws(RunStop) -> RunContext {
        var moved = self
        moved.reach = reach
        var request = plan.request
        request.apiServer = try await Self.apiServer(reach, services)
        moved.plan = EnvironmentPlan(request)
        let uids = await record.status.environment?.namespaceUIDs ?? [:]
        vigil.move(to: reach) {
            do { return try await kind.loss() } catch { return nil }
        }
        vigil.recall(uids)
        return moved
    }

    /// The run with its hands where the environment is, once that was made; nil where the cluster's kubeconfig is gone.
    func reached() async throws(RunStop) -> RunContext? {
        guard let kind else { return self }
        do {
            let client = try await Patience(time: services.time).again(while: { $0.isRetryable }) {
                () async throws(EnvironmentError) in try await kind.reach()
            }
            guard let client else { return nil }
            return try await moved(to: client, kind)
        } catch let stop as RunStop {
            throw stop
        } catch {
            throw .interrupted
        }
    }

    private static func apiServer(
        _ client: KubernetesClient, _ services: RunServices
    ) async throws(RunStop) -> [APIServerAddress] {
        do {
            return try await Patience(time: services.time).again(while: { $0.isRetryable }) {
                () async throws(KubernetesError) in try await APIServerDiscovery.find(client)
            }
        } catch {
            throw RunStop(error, .provisioningFailed, "the addresses of the API server could not be read")
        }
    }

    private static func runningSpec(_ task: AIOpsTask) throws(RunStop) -> AIOpsTask.Spec {
        do {
            return try task.runningSpec()
        } catch {
            throw .failed(
                TaskFailure(.infrastructure, .internalError, "the admitted spec cannot be read", cause: error))
        }
    }

    private static func problem(_ spec: AIOpsTask.Spec, _ services: RunServices) throws(RunStop) -> Problem {
        guard let work = spec.problem else {
            throw .failed(TaskFailure(.user, .notSupported, "only spec.problem is served by this version"))
        }
        do {
            return try services.catalogue.problem(work.id, parameters: work.parameters ?? [:])
        } catch {
            throw .failed(TaskFailure(.user, .problemNotFound, "\(error)"))
        }
    }

    private static func effective(
        _ task: AIOpsTask, _ spec: AIOpsTask.Spec, _ problem: Problem, _ pool: WorkerPool.Spec?
    ) throws(RunStop) -> (EffectiveTask, TimeLimit) {
        // Of a copy, the route is the only one; what it matched on may have changed since.
        let isCopy = task.status.admission?.pool != nil
        let route = isCopy ? pool?.routes?.first : spec.route(of: pool, labels: task.metadata.labels)
        let limits = problem.limits
        let defaults = LimitDefaults(maxSteps: limits.maxSteps, timeoutSeconds: Int64(limits.timeoutSeconds))
        guard let effective = spec.effective(pool: pool, route: route, defaults: defaults) else {
            throw .failed(TaskFailure(.user, .invalidSpec, spec.validate().summary))
        }
        // Asked at admission as well; a process of another version may have admitted it.
        let unknown = spec.unknownTools(pool: pool)
        guard unknown.isEmpty else { throw .failed(TaskFailure(.user, .invalidSpec, unknown.summary)) }
        return (
            effective, TimeLimit(seconds: effective.timeoutSeconds, task: spec.limits?.timeoutSeconds, route: route)
        )
    }

    var session: ProblemSession {
        ProblemSession(
            problem: problem,
            placement: Placement(
                namespace: plan.names.application, taskUID: record.uid, images: services.settings.images,
                workloadSeconds: Int(effective.timeoutSeconds) + 600),
            client: reach, time: services.time)
    }

    /// Where the agent's commands run.
    var shell: SandboxShell { SandboxShell(pods: reach, pod: plan.sandboxPod, time: services.time) }

    /// Leaves `limit` from now, whatever was left before.
    mutating func extendDeadline(by limit: Duration) {
        deadline = max(deadline, services.time.wallNow() + limit)
    }

    var remaining: Duration { deadline - services.time.wallNow() }

    /// Runs `body` within what is left of the task's time, at most `limit`, and translates what it throws.
    ///
    /// A failure that may pass is waited out and the body run again: every step can be repeated, and a server that is away
    /// for a minute must not cost a run.
    func within<Value: Sendable>(
        _ limit: Duration, else reason: Reason, _ what: String,
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws(RunStop) -> Value {
        let left = remaining
        guard left > .zero else { throw await timedOut(what) }
        let passing = Locked<(any Error)?>(nil)
        do {
            return try await withDeadline(min(left, limit), time: services.time) {
                while true {
                    do {
                        return try await body()
                    } catch  where PassingFailure.includes(error) && !Task.isCancelled {
                        passing.withLock { $0 = error }
                        try await services.time.sleep(for: .seconds(2))
                    }
                }
            }
        } catch is DeadlineExceeded {
            if remaining <= .zero { throw await timedOut(what) }
            throw .failed(
                TaskFailure(
                    .infrastructure, reason, "\(what) within \(limit.wholeSeconds) s",
                    cause: passing.withLock { $0 }))
        } catch let stop as RunStop {
            throw stop
        } catch {
            if Task.isCancelled { throw .interrupted }
            throw .failed(TaskFailure(.infrastructure, reason, what, cause: error))
        }
    }

    private func timedOut(_ what: String) async -> RunStop {
        let stage = await record.status.stages.last { $0.finishedAt == nil }?.name ?? ""
        return .timedOut("\(timeLimit.isOver) in stage \(stage): \(what)")
    }

    /// Runs one stage between its two marks in status.
    func stage<Value: Sendable>(
        _ name: StageName, phase: Phase?, _ reason: Reason, _ message: String,
        _ body: () async throws(RunStop) -> Value
    ) async throws(RunStop) -> Value {
        let generation = generation
        try await record.update { status, now in
            if let phase { status.move(to: phase) }
            status.begin(name, now: now)
            status.record(.active(reason, message), generation: generation, now: now)
        }
        let began = services.time.monotonicNow()
        let value = try await body()
        services.metrics.stage(name.rawValue, took: services.time.monotonicNow() - began)
        return value
    }

    func report(_ reason: String, _ action: String, _ note: String) async {
        services.events.record(.about(await record.task, reason: reason, action: action, note: note))
    }
}
