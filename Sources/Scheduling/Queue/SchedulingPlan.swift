/// Who runs where, and how long the line is for everybody else.
package struct SchedulingPlan: Sendable, Hashable {
    package struct Assignment: Sendable, Hashable {
        package var key: String
        package var worker: String

        package init(key: String, worker: String) {
            self.key = key
            self.worker = worker
        }
    }

    /// In the order in which the tasks were chosen.
    package var assignments: [Assignment]
    /// The place in line of every task that got no worker; 1 is next.
    package var positions: [String: Int]

    package init(assignments: [Assignment], positions: [String: Int]) {
        self.assignments = assignments
        self.positions = positions
    }
}
