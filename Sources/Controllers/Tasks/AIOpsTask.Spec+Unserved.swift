package import AIOpsAPI

extension AIOpsTask.Spec {
    /// What the API knows and this version does not do: refused by name rather than ignored.
    ///
    /// The pool is the one that the task is to run in, whose defaults it takes.
    package func unserved(pool: WorkerPool.Spec?) -> [SpecProblem] {
        guard let effective = effective(pool: pool) else { return [] }
        var problems: [SpecProblem] = []
        func refuse(_ path: String, if isAsked: Bool, _ advice: String = "remove it") {
            if isAsked { problems.append(.notServed("spec.\(path)", advice)) }
        }
        let work = effective.work.kind
        refuse(work.rawValue.lowercased(), if: work != .problem, "use spec.problem")
        let type = effective.environmentType
        refuse("environment.type \(type)", if: type != .namespace && type != .kind, "use Namespace or Kind")
        refuse(
            "environment.kind with type \(type)", if: environment?.kind != nil && type != .kind,
            "remove it, or set environment.type to Kind")
        // The default of other kinds of work is not the user's doing, and goes with the work.
        if let strategy = agent?.strategy {
            refuse("agent.strategy \(strategy)", if: strategy != .react && strategy != .shell, "use React or Shell")
        }
        if let style = agent?.toolStyle, !style.isKnown {
            refuse("agent.toolStyle \(style)", if: true, "use Auto, Native or CodeBlock")
        }
        refuse("agent.role", if: agent?.role != nil)
        problems += effective.model.unserved
        refuse("retry.limit above 0", if: effective.retryLimit > 0, "set it to 0")
        refuse("approval", if: effective.approvalPolicy != .never)
        refuse("cache \(effective.cache)", if: effective.cache != .off)
        refuse("callback", if: callback != nil)
        return problems
    }
}

extension EffectiveModel {
    /// Told with the task's path, wherever it comes from: the task can always say otherwise.
    fileprivate var unserved: [SpecProblem] {
        let path = "spec.agent.model"
        switch provider {
        case .auto, .openAI, .anthropic, .openRouter, .openAICompatible: return []
        case .simulated, .replay:
            // A pool's is in the pool's namespace, and a conversation is replayed where it is.
            if provider == .replay, conversationRef == nil {
                return [.notServed("\(path).provider Replay of a pool", "name the conversationRef in the task")]
            }
            // A simulated run in place of the one that was paid for would be a nasty surprise.
            if credentialsSecretRef != nil {
                let field = "\(path).credentialsSecretRef with provider \(provider)"
                return [.notServed(field, "name the provider whose key it is, or remove the Secret")]
            }
            if baseURL != nil {
                return [.notServed("\(path).baseURL with provider \(provider)", "use provider OpenAICompatible")]
            }
            return []
        case .unknown:
            return [.notServed("\(path).provider \(provider)", "name a provider, or use Simulated")]
        }
    }
}
