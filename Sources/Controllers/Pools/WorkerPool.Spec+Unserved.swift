package import AIOpsAPI

extension WorkerPool.Spec {
    /// What the API knows and this version does not do: refused by name rather than ignored.
    package func unserved() -> [SpecProblem] {
        var problems: [SpecProblem] = []
        func refuse(_ path: String, if isAsked: Bool, _ advice: String = "remove it") {
            if isAsked { problems.append(.notServed("spec.\(path)", advice)) }
        }
        let effective = effective()
        refuse("workers.backend \(effective.backend)", if: effective.backend != .internal, "use Internal")
        refuse("workers.image", if: workers?.image != nil)
        refuse("workers.resources", if: workers?.resources != nil)
        refuse("workers.nodeSelector", if: workers?.nodeSelector?.isEmpty == false)
        refuse("workers.serviceAccountName", if: workers?.serviceAccountName != nil)
        refuse("balancing Weighted", if: effective.balancing == .weighted, "use RoundRobin or LeastConnections")
        refuse("healthCheck", if: healthCheck != nil)
        refuse("retry", if: retry != nil)
        refuse(
            "environments.type \(effective.environmentType)",
            if: effective.environmentType != .namespace && effective.environmentType != .kind, "use Namespace or Kind")
        refuse("environments.warm", if: effective.warmEnvironments > 0, "set it to 0")
        refuse("allowedNamespaces.from Selector", if: effective.namespacePolicy == .selector, "use Same or All")
        refuse("stopPolicy HoldAndDrain", if: effective.stopPolicy == .holdAndDrain, "use Hold, and cancel the tasks")
        return problems
    }
}

extension SpecProblem {
    static func notServed(_ path: String, _ advice: String) -> SpecProblem {
        SpecProblem(path: path, reason: .notServed, message: "not served by this version; \(advice)")
    }
}
