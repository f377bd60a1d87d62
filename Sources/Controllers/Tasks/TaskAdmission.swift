import AIOpsAPI
import KubernetesModel
import Problems

/// Why a task may not enter the queue: for good, or for now.
struct TaskAdmission {
    struct Answer {
        var reason: Reason
        var message: String
    }

    private let input: TaskPlanner.Input
    private var spec: AIOpsTask.Spec { input.task.spec }

    init(_ input: TaskPlanner.Input) { self.input = input }

    /// What no waiting mends: the task ends with it.
    var refusal: Answer? {
        let problems = spec.validate()
        if !problems.isEmpty {
            return Answer(
                reason: .invalidSpec,
                message: problems.summary)
        }
        if case .failed(let error) = input.problem {
            let reason: Reason =
                switch error {
                case .unknownProblem: .problemNotFound
                default: .invalidSpec
                }
            return Answer(reason: reason, message: "spec.problem: \(error)")
        }
        return unsupported.map { Answer(reason: .notSupported, message: $0) }
    }

    /// What may change by itself: the task waits for it.
    var obstacle: Answer? {
        switch input.pool {
        case .notFound(let places):
            let looked = places.map { "\($0.name) in namespace \($0.namespace)" }.joined(separator: " or ")
            return Answer(
                reason: .poolNotFound,
                message: "there is no WorkerPool \(looked); create it, or name another in spec.poolRef")
        case .found(let pool):
            return obstacle(of: pool)
        }
    }

    private func obstacle(of pool: WorkerPool) -> Answer? {
        let effective = pool.spec.effective()
        let name = pool.metadata.name
        let problems = pool.spec.validate()
        if !problems.isEmpty {
            return Answer(
                reason: .poolNotFound, message: "WorkerPool \(name) cannot be served: see its conditions")
        }
        if let answer = refusalByNamespace(pool, effective) { return answer }
        if !effective.routes.isEmpty, let id = spec.problem?.id,
            !effective.routes.contains(where: { Glob($0.pattern).matches(id) })
        {
            return Answer(reason: .noMatchingRoute, message: "no route of WorkerPool \(name) takes \(id)")
        }
        if input.queueLength >= effective.queueMaxSize {
            return Answer(
                reason: .queueFull, message: "the queue of WorkerPool \(name) is full (\(effective.queueMaxSize))")
        }
        return nil
    }

    private func refusalByNamespace(_ pool: WorkerPool, _ effective: EffectivePool) -> Answer? {
        let own = pool.metadata.namespace ?? ""
        let asking = input.task.metadata.namespace ?? ""
        switch effective.namespacePolicy {
        case .all: return nil
        case .same where own == asking: return nil
        case .same:
            return Answer(
                reason: .namespaceNotAllowed,
                message: "WorkerPool \(pool.metadata.name) serves only its own namespace \(own); its owner can set "
                    + "allowedNamespaces.from to All")
        default:
            return Answer(
                reason: .namespaceNotAllowed,
                message:
                    "WorkerPool \(pool.metadata.name) admits namespaces by \(effective.namespacePolicy), which this "
                    + "version does not serve; use Same or All")
        }
    }

    /// What the API knows and this version does not do yet: refused by name rather than ignored.
    private var unsupported: String? {
        guard let effective = spec.effective(pool: input.pool.pool?.spec) else { return nil }
        switch effective.work {
        case .problem: break
        case .query: return "spec.query is not served by this version"
        case .workflow: return "spec.workflow is not served by this version"
        case .dispatch: return "spec.dispatch is not served by this version"
        }
        switch effective.environmentType {
        case .namespace: break
        case let other: return "spec.environment.type \(other) is not served by this version; use Namespace"
        }
        switch effective.strategy {
        case .react, .shell: break
        case let other: return "spec.agent.strategy \(other) is not served by this version; use React or Shell"
        }
        switch ModelResolver.provider(of: effective.model) {
        case .simulated, .openAICompatible: break
        case let other:
            return "spec.agent.model.provider \(other) is not served by this version; use OpenAICompatible or Simulated"
        }
        if effective.retryLimit > 0 { return "spec.retry.limit above 0 is not served by this version" }
        if effective.approvalPolicy != .never { return "spec.approval is not served by this version" }
        if effective.cache != .off { return "spec.cache is not served by this version" }
        if effective.callback != nil { return "spec.callback is not served by this version" }
        if effective.requiresPodSecurity {
            return
                "spec.environment.podSecurity Required is not served by this version: it cannot prove enforcement yet"
        }
        return nil
    }
}
