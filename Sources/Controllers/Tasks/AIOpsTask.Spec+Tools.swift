package import AIOpsAPI
import AgentTools

extension AIOpsTask.Spec {
    /// Tools that the task names and nobody has, and a choice that leaves its strategy without hands.
    ///
    /// The pool is the one that the task is to run in. An empty list is a choice: the agent answers from what it is told.
    package func unknownTools(pool: WorkerPool.Spec?) -> [SpecProblem] {
        guard let effective = effective(pool: pool), let named = effective.tools else { return [] }
        let path = "spec.agent.tools"
        let unknown = named.filter { !ClusterToolbox.names.contains($0) }
        if !unknown.isEmpty {
            let (missing, known) = (unknown.prefix(5), ClusterToolbox.names)
            return [
                SpecProblem(
                    path: path, reason: .unknownValue,
                    message:
                        "there is no \(missing.joined(separator: ", ")); there are \(known.joined(separator: ", "))")
            ]
        }
        guard effective.strategy == .shell, !named.isEmpty, !named.contains(ClusterToolbox.shellName) else { return [] }
        return [
            SpecProblem(
                path: path, reason: .conflict,
                message: "strategy Shell works by \(ClusterToolbox.shellName) alone; name it, or use React")
        ]
    }
}
