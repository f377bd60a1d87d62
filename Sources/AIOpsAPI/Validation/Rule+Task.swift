import JSON

extension Rule {
    static let exactlyOneWork = Rule(
        cel: "[has(self.problem), has(self.query), has(self.workflow), has(self.dispatch)].filter(x, x).size() == 1",
        message: "set exactly one of spec.problem, spec.query, spec.workflow, spec.dispatch", field: nil)

    static let passedNeedsProblem = Rule(
        cel: "!has(self.successPolicy) || self.successPolicy != 'Passed' || has(self.problem)",
        message: "use successPolicy Passed only with spec.problem: nothing else is graded", field: "successPolicy")

    static let dispatchTakesNoAgent = Rule(
        cel: "!has(self.dispatch) || !has(self.agent)",
        message: "remove spec.agent: the agent of spec.dispatch is the external one", field: "agent")

    static let roleStrategyNeedsRole = Rule(
        cel: """
            !has(self.agent) || !has(self.agent.strategy) || self.agent.strategy != 'Role' \
            || has(self.agent.role) || has(self.workflow)
            """,
        message: "set spec.agent.role: strategy Role needs one unless spec.workflow names the roles", field: "agent")

    static let workflowNeedsSteps = Rule(
        cel: "has(self.steps) && size(self.steps) > 0",
        message: "give the workflow at least one step with a name and a role", field: nil)

    static let existingNeedsSettings = Rule(
        cel: "(has(self.type) && self.type == 'Existing') == has(self.existing)",
        message: "set environment.existing exactly when environment.type is Existing", field: nil)

    static let kindSettingsNeedKind = Rule(
        cel: "!has(self.kind) || !has(self.type) || self.type == 'Kind'",
        message: "set environment.kind only when environment.type is Kind", field: nil)

    static let existingIdentity = Rule(
        cel: "has(self.serviceAccountName) != has(self.kubeconfigSecretRef)",
        message: "set exactly one of serviceAccountName and kubeconfigSecretRef: the agent acts as one of them",
        field: nil)
}

extension AIOpsTask.Spec {
    /// The names of the kinds of work that are set, in the order of the schema; one in a valid spec.
    package var workKinds: [WorkKind] {
        var kinds: [WorkKind] = []
        if problem != nil { kinds.append(.problem) }
        if query != nil { kinds.append(.query) }
        if workflow != nil { kinds.append(.workflow) }
        if dispatch != nil { kinds.append(.dispatch) }
        return kinds
    }

    /// Everything wrong with the spec, the bounds of the schema included; empty when it can be run.
    ///
    /// Enforced here as well as by the server, since servers before 1.29 know no CEL.
    package func validate() -> [SpecProblem] {
        Self.schema.check(jsonValue(), at: "spec") + violations(at: "spec")
    }

    func violations(at path: String) -> [SpecProblem] {
        var problems: [SpecProblem] = []
        let kinds = workKinds.map { $0.rawValue.lowercased() }
        if kinds.count != 1 {
            let found = kinds.isEmpty ? "none" : kinds.joined(separator: " and ")
            problems.append(SpecProblem(.exactlyOneWork, at: path, found: found))
        }
        if successPolicy == .passed, problem == nil {
            problems.append(SpecProblem(.passedNeedsProblem, at: path))
        }
        if dispatch != nil, agent != nil {
            problems.append(SpecProblem(.dispatchTakesNoAgent, at: path))
        }
        if agent?.strategy == .role, agent?.role == nil, workflow == nil {
            problems.append(SpecProblem(.roleStrategyNeedsRole, at: path))
        }
        if let workflow, workflow.steps.isEmpty {
            problems.append(SpecProblem(.workflowNeedsSteps, at: "\(path).workflow"))
        }
        if let model = agent?.model {
            problems += model.violations(at: "\(path).agent.model")
        }
        if let environment {
            problems += environment.violations(at: "\(path).environment")
        }
        return problems
    }
}

extension AIOpsTask.Environment {
    fileprivate func violations(at path: String) -> [SpecProblem] {
        var problems: [SpecProblem] = []
        if (type == .existing) != (existing != nil) {
            problems.append(SpecProblem(.existingNeedsSettings, at: path))
        }
        if kind != nil, let type, type != .kind {
            problems.append(SpecProblem(.kindSettingsNeedKind, at: path))
        }
        if let existing, (existing.serviceAccountName != nil) == (existing.kubeconfigSecretRef != nil) {
            problems.append(SpecProblem(.existingIdentity, at: "\(path).existing"))
        }
        return problems
    }
}
