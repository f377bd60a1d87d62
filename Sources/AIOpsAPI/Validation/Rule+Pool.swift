import JSON

extension Rule {
    static let httpNeedsEndpoints = Rule(
        cel: "(has(self.backend) && self.backend == 'HTTP') == (has(self.endpoints) && size(self.endpoints) > 0)",
        message: "set workers.endpoints exactly when workers.backend is HTTP", field: nil)

    static let warmWithinTotal = Rule(
        cel: "!has(self.maxTotal) || !has(self.warm) || self.warm <= self.maxTotal",
        message: "set environments.warm no higher than environments.maxTotal", field: "warm")

    static let poolEnvironmentIsOwn = Rule(
        cel: "!has(self.type) || self.type != 'Existing'",
        message: "use Namespace or Kind: an existing environment is named by each task", field: "type")

    static let budgetNeedsCost = Rule(
        cel: "has(self.maxCost)",
        message: "set budget.maxCost, or remove the budget", field: nil)

    static let selectorNeedsLabels = Rule(
        cel: "(has(self.from) && self.from == 'Selector') == (has(self.matchLabels) && size(self.matchLabels) > 0)",
        message: "set allowedNamespaces.matchLabels exactly when allowedNamespaces.from is Selector", field: nil)
}

extension WorkerPool.Spec {
    /// Everything wrong with the spec, the bounds of the schema included; empty when it can be served.
    package func validate() -> [SpecProblem] {
        Self.schema.check(jsonValue(), at: "spec") + violations(at: "spec")
    }

    func violations(at path: String) -> [SpecProblem] {
        var problems: [SpecProblem] = []
        if let workers, (workers.backend == .http) == workers.endpoints.isEmpty {
            problems.append(SpecProblem(.httpNeedsEndpoints, at: "\(path).workers"))
        }
        if let environments {
            if let warm = environments.warm, let total = environments.maxTotal, warm > total {
                problems.append(SpecProblem(.warmWithinTotal, at: "\(path).environments", found: "\(warm) of \(total)"))
            }
            if environments.type == .existing {
                problems.append(SpecProblem(.poolEnvironmentIsOwn, at: "\(path).environments"))
            }
        }
        if let budget, budget.maxCost == nil {
            problems.append(SpecProblem(.budgetNeedsCost, at: "\(path).budget"))
        }
        if let allowed = allowedNamespaces,
            (allowed.from == .selector) != (allowed.matchLabels.map { !$0.isEmpty } ?? false)
        {
            problems.append(SpecProblem(.selectorNeedsLabels, at: "\(path).allowedNamespaces"))
        }
        if let modelDefaults {
            problems += modelDefaults.violations(at: "\(path).modelDefaults")
        }
        return problems
    }
}
