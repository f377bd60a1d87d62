extension CustomResource {
    package static let workerPool = CustomResource(
        type: WorkerPool.resourceType, shortName: "wpool",
        documentation: "Who runs tasks: workers, their waiting line, their limits and their money.",
        spec: WorkerPool.Spec.schema, status: WorkerPool.Status.schema,
        columns: [
            Column(name: "Desired", type: .integer, path: ".spec.workers.replicas", documentation: "Workers wanted."),
            Column(name: "Ready", type: .integer, path: ".status.ready", documentation: "Workers that can take tasks."),
            Column(name: "Busy", type: .integer, path: ".status.busy", documentation: "Workers with a task."),
            Column(name: "Queued", type: .integer, path: ".status.queue.total", documentation: "Waiting tasks."),
            Column(
                name: "Circuit", type: .string, path: ".status.circuit",
                documentation: "The worst circuit among the workers."),
            Column(
                name: "Warm", type: .integer, path: ".status.environments.warm",
                documentation: "Environments kept ready."),
            Column(
                name: "Age", type: .date, path: ".metadata.creationTimestamp", documentation: "Time since it was made."),
            Column(
                name: "Budget", type: .string, path: ".spec.budget.maxCost",
                documentation: "Most money of a window, in US dollars.", isWide: true),
            Column(
                name: "Spent", type: .string, path: ".status.spend.cost",
                documentation: "Of it, spent by tasks that ended.", isWide: true),
            Column(
                name: "Held", type: .string, path: ".status.spend.held",
                documentation: "Of it, granted to tasks that have not ended.", isWide: true),
        ],
        selectableFields: [".spec.workers.backend", ".spec.stopPolicy"],
        scale: Scale(
            specReplicas: ".spec.workers.replicas", statusReplicas: ".status.replicas", selector: ".status.selector"))
}
