package import AIOpsAPI

extension AIOpsTask.Spec {
    /// The route of the pool that takes a task with this spec and these labels: the first that matches.
    ///
    /// Nil where none does, and where the pool has none.
    package func route(of pool: WorkerPool.Spec?, labels: [String: String]) -> WorkerPool.Route? {
        pool?.routes?.first { route in
            if let work = route.work, !workKinds.contains(work) { return false }
            guard Glob(route.pattern).matches(problem?.id ?? dispatch?.pattern ?? "") else { return false }
            return (route.matchLabels ?? [:]).allSatisfy { labels[$0.key] == $0.value }
        }
    }
}
