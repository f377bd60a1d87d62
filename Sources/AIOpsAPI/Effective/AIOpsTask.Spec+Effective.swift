extension AIOpsTask.Spec {
    /// The spec with defaults filled in; nil unless it carries exactly one kind of work.
    ///
    /// `pool` is the pool it runs in, once known, `route` the route of that pool that took it, and `defaults` what its
    /// problem says of limits.
    package func effective(
        pool: WorkerPool.Spec? = nil, route: WorkerPool.Route? = nil, defaults: LimitDefaults = LimitDefaults()
    ) -> EffectiveTask? {
        guard let work = effectiveWork else { return nil }
        return EffectiveTask(
            work: work,
            strategy: agent?.strategy ?? work.defaultStrategy,
            role: agent?.role,
            model: EffectiveModel(
                task: agent?.model ?? ModelSettings(), pool: pool?.modelDefaults ?? ModelSettings(), seed: seed),
            tools: agent?.tools,
            toolStyle: agent?.toolStyle ?? .auto,
            environmentType: environment?.type ?? pool?.environments?.type ?? .namespace,
            existing: environment?.existing,
            kindNodeImage: environment?.kind?.nodeImage ?? pool?.environments?.kind?.nodeImage,
            kindWorkers: environment?.kind?.workers ?? 0,
            kindConfig: pool?.environments?.kind?.config,
            retainOnSuccessSeconds: environment?.retention?.onSuccessSeconds ?? 0,
            retainOnFailureSeconds: environment?.retention?.onFailureSeconds ?? 0,
            requiresPodSecurity: environment?.podSecurity == .required,
            requiresNetworkIsolation: environment?.requireNetworkIsolation ?? false,
            maxSteps: limits?.maxSteps ?? defaults.maxSteps,
            timeoutSeconds: limits?.timeoutSeconds ?? route?.timeoutSeconds ?? defaults.timeoutSeconds,
            startDeadlineSeconds: limits?.startDeadlineSeconds,
            maxTokens: limits?.maxTokens,
            maxCostNanos: limits?.maxCost?.nanos,
            priority: priority ?? route?.priority ?? 3,
            poolName: poolRef?.name ?? APIGroup.defaultPoolName,
            poolNamespace: poolRef?.namespace,
            retryLimit: retry?.limit ?? 0,
            retryOn: retry?.on ?? [.infrastructure],
            retryBackoffSeconds: retry?.backoffSeconds ?? 10,
            approvalPolicy: approval?.policy ?? .never,
            approvalTimeoutSeconds: approval?.timeoutSeconds ?? 3600,
            approvalOnTimeout: approval?.onTimeout ?? .reject,
            successPolicy: successPolicy ?? .completed,
            cache: cache ?? .off,
            callback: callback,
            seed: seed ?? 0,
            isSuspended: suspend ?? false,
            cancel: cancel,
            ttlSecondsAfterFinished: ttlSecondsAfterFinished,
            conversationRetention: conversation?.retain ?? .withTask)
    }

    private var effectiveWork: EffectiveTask.Work? {
        switch (problem, query, workflow, dispatch) {
        case (let work?, nil, nil, nil): .problem(work)
        case (nil, let work?, nil, nil): .query(work)
        case (nil, nil, let work?, nil): .workflow(work)
        case (nil, nil, nil, let work?): .dispatch(work)
        default: nil
        }
    }
}

extension EffectiveTask.Work {
    package var kind: WorkKind {
        switch self {
        case .problem: .problem
        case .query: .query
        case .workflow: .workflow
        case .dispatch: .dispatch
        }
    }

    fileprivate var defaultStrategy: AgentStrategy {
        switch self {
        case .problem, .dispatch: .react
        case .query: .threePhase
        case .workflow: .role
        }
    }
}
