import AIOpsAPI
import Environments
import KubernetesModel
import Problems

/// Why a task may not enter the queue: for good, or for now.
struct TaskAdmission {
    struct Answer {
        var reason: Reason
        var message: String
        /// When to look again although nothing has changed.
        var askAgainAfter: Duration?
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
        let unserved = spec.unserved(pool: input.pool.pool?.spec)
        if !unserved.isEmpty { return Answer(reason: .notSupported, message: unserved.summary) }
        let tools = spec.unknownTools(pool: input.pool.pool?.spec)
        if !tools.isEmpty { return Answer(reason: .invalidSpec, message: tools.summary) }
        if let failure = modelProblem { return Answer(reason: failure.reason, message: failure.message) }
        if let answer = budgetProblem { return answer }
        if spec.environment?.podSecurity == .required, input.podSecurity == .notEnforced {
            return Answer(
                reason: .podSecurityNotEnforced,
                message: "spec.environment.podSecurity is Required, and this server does not enforce Pod Security")
        }
        guard spec.environment?.requireNetworkIsolation == true, input.network == .open else { return nil }
        return Answer(
            reason: .networkPolicyNotEnforced,
            message: "spec.environment.requireNetworkIsolation is set, and this cluster does not enforce NetworkPolicy")
    }

    /// Of a task that wants more money than any window of its pool will ever have.
    var budgetProblem: Answer? {
        guard let pool = input.pool.pool, let most = pool.spec.effective().budgetNanos,
            let own = input.task.followedSpec.limits?.maxCost?.nanos, own > most,
            input.task.mayCost(in: pool.spec, keys: input.modelKeys, now: input.now)
        else { return nil }
        let (wanted, whole) = (DecimalString(nanos: own).dollars, DecimalString(nanos: most).dollars)
        return Answer(
            reason: .budgetExceeded,
            message:
                "spec.limits.maxCost (\(wanted)) is more than WorkerPool \(pool.metadata.name) may spend in a whole window "
                + "(\(whole), its spec.budget.maxCost): lower it, or name another pool")
    }

    /// Only once the pool is there, whose defaults may bring the key.
    private var modelProblem: TaskFailure? {
        guard let pool = input.pool.pool, let effective = spec.effective(pool: pool.spec) else { return nil }
        return ModelChoice.problem(effective.model, keys: input.modelKeys, now: input.now)
    }

    /// What may change by itself: the task waits for it.
    var obstacle: Answer? {
        switch input.pool {
        case .notFound(let places):
            return Answer(
                reason: .poolNotFound,
                message: "there is no WorkerPool \(places.spelledOut); create it, or name another in spec.poolRef")
        case .found(let pool):
            return obstacle(of: pool) ?? unknownPodSecurity ?? unknownNetwork ?? noKind
        }
    }

    /// An engine may come back, or kind be installed.
    private var noKind: Answer? {
        guard let finding = input.kind, !finding.isReady else { return nil }
        return Answer(
            reason: finding.reason,
            message: "spec.environment.type is Kind, and no Kind cluster can be made here: \(finding.message)",
            askAgainAfter: KindClusters.patience)
    }

    private var unknownPodSecurity: Answer? {
        guard spec.environment?.podSecurity == .required, case .unknown(let why) = input.podSecurity else { return nil }
        return Answer(
            reason: .podSecurityUnproven,
            message:
                "spec.environment.podSecurity is Required, and whether it is enforced could not be found out: \(why)",
            askAgainAfter: PodSecurityProbe.patience)
    }

    private var unknownNetwork: Answer? {
        guard spec.environment?.requireNetworkIsolation == true, case .unknown(let why) = input.network else {
            return nil
        }
        return Answer(
            reason: .networkPolicyUnproven,
            message:
                "spec.environment.requireNetworkIsolation is set, and nobody has shown yet whether NetworkPolicy is "
                + "enforced: \(why)",
            askAgainAfter: NetworkIsolation.patience)
    }

    private func obstacle(of pool: WorkerPool) -> Answer? {
        let effective = pool.spec.effective()
        let name = pool.metadata.name
        if !pool.spec.validate().isEmpty || !pool.spec.unserved().isEmpty {
            return Answer(reason: .poolOnHold, message: "WorkerPool \(name) cannot be served: see its conditions")
        }
        if let answer = refusalByNamespace(pool, effective) { return answer }
        if !effective.routes.isEmpty, spec.route(of: pool.spec, labels: input.task.metadata.labels) == nil {
            return Answer(
                reason: .noMatchingRoute, message: "no route of WorkerPool \(name) takes \(spec.problem?.id ?? "it")")
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
        case .selector, .unknown:
            // A pool that asks for this is not served at all.
            return Answer(
                reason: .namespaceNotAllowed,
                message: "WorkerPool \(pool.metadata.name) admits namespaces by \(effective.namespacePolicy)")
        }
    }
}
