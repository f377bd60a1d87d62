/// What an agent gets for a problem when neither the task nor the route of its pool says.
package struct ProblemLimits: Sendable, Hashable {
    package var maxSteps: Int
    package var timeoutSeconds: Int

    package init(maxSteps: Int = 30, timeoutSeconds: Int = 1800) {
        self.maxSteps = maxSteps
        self.timeoutSeconds = timeoutSeconds
    }
}
