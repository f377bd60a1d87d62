import KubernetesModel

/// What the cache keeps of a task beside its name, uid and version: what the controller looks at.
struct TwinRow: Sendable {
    var phase: TwinTask.Phase
    var generation: Int64

    init(_ task: TwinTask) {
        phase = task.phase
        generation = task.metadata.generation
    }
}
