import KubernetesClient

/// One request of a scenario, or one wait.
struct Step: Sendable {
    let label: String
    /// False for what is asked as often as it takes: only the steps after it say what came of it.
    var isRecorded = true
    /// Gives the number of events looked at, for a watch.
    let action: @Sendable (Stage, References) async throws(KubernetesError) -> Int?

    init(_ label: String, _ action: @escaping @Sendable (Stage, References) async throws(KubernetesError) -> Void) {
        self.label = label
        self.action = { stage, references throws(KubernetesError) in
            try await action(stage, references)
            return nil
        }
    }

    init(watch label: String, _ action: @escaping @Sendable (Stage, References) async throws(KubernetesError) -> Int) {
        self.label = label
        self.action = { stage, references throws(KubernetesError) in try await action(stage, references) }
    }
}
