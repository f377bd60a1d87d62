/// One task waiting for a worker.
package struct QueuedEntry: Sendable, Hashable {
    /// The lowest and the highest priority a task may ask for; 5 goes first.
    package static let priorities = 1...5

    /// Whatever names the task uniquely; also the last tie-breaker, so that a plan never depends on input order.
    package var key: String
    package var namespace: String
    package var priority: Int
    /// When the task began to wait, on the clock that `now` is read from.
    package var since: Duration

    package init(key: String, namespace: String, priority: Int, since: Duration) {
        self.key = key
        self.namespace = namespace
        self.priority = priority
        self.since = since
    }

    /// The priority asked for, within its bounds.
    package var asked: Int { min(max(priority, Self.priorities.lowerBound), Self.priorities.upperBound) }
}
