import AIOpsAPI

/// The time a task has in all, and who gave it.
struct TimeLimit: Sendable, Hashable {
    let seconds: Int64
    /// Where it is set.
    private let place: String

    /// `task` is what the task itself says, and `route` the route of the pool that took it.
    init(seconds: Int64, task: Int64?, route: WorkerPool.Route?) {
        self.seconds = seconds
        if task != nil {
            place = "spec.limits.timeoutSeconds"
        } else if route?.timeoutSeconds != nil {
            place = "timeoutSeconds of the pool's route"
        } else {
            place = "that of the problem; spec.limits.timeoutSeconds sets another"
        }
    }

    /// For a message, which may go on with where that was.
    var isOver: String { "the task's time was over (\(seconds) s, \(place))" }
}
