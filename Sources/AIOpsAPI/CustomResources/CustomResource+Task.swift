extension CustomResource {
    package static let aiopsTask = CustomResource(
        type: AIOpsTask.resourceType, shortName: "aot",
        documentation: "One run of an agent against a real system, from environment to verdict.",
        spec: AIOpsTask.Spec.schema, status: AIOpsTask.Status.schema,
        rules: AIOpsTask.Spec.immutablePaths.map(Rule.immutable),
        columns: [
            Column(
                name: "Problem", type: .string, path: ".spec.problem.id", documentation: "Problem of the catalogue."),
            Column(
                name: "Model", type: .string, path: ".status.display.model",
                documentation: "Model in use; simulated runs say so."),
            Column(name: "Pool", type: .string, path: ".status.display.pool", documentation: "Pool that runs it."),
            Column(name: "Phase", type: .string, path: ".status.phase", documentation: "Where it stands."),
            Column(
                name: "Verdict", type: .string, path: ".status.result.verdict",
                documentation: "Whether the answer was right."),
            Column(name: "Steps", type: .integer, path: ".status.steps", documentation: "Agent steps so far."),
            Column(name: "Tokens", type: .string, path: ".status.display.tokens", documentation: "Tokens so far."),
            Column(name: "Cost", type: .string, path: ".status.display.cost", documentation: "Money so far."),
            Column(name: "Duration", type: .string, path: ".status.duration", documentation: "How long it ran."),
            Column(
                name: "Age", type: .date, path: ".metadata.creationTimestamp", documentation: "Time since it was made."),
            Column(
                name: "Worker", type: .string, path: ".status.claim.worker", documentation: "Worker that owns it.",
                isWide: true),
            Column(
                name: "Attempt", type: .integer, path: ".status.attempt", documentation: "Current attempt.",
                isWide: true),
            Column(
                name: "Environment", type: .string, path: ".status.environment.name",
                documentation: "Namespace or cluster it runs in.", isWide: true),
            Column(
                name: "Reason", type: .string, path: #".status.conditions[?(@.type=="Succeeded")].reason"#,
                documentation: "Why it stands where it stands.", isWide: true),
        ],
        selectableFields: [
            ".spec.poolRef.name", ".spec.problem.id", ".spec.agent.model.name", ".status.phase",
            ".status.result.verdict", ".status.claim.worker",
        ])
}
