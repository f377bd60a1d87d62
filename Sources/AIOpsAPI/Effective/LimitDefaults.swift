/// Limits of a task that names none: those of its problem, where that has some.
package struct LimitDefaults: Sendable, Hashable {
    package var maxSteps: Int
    package var timeoutSeconds: Int64

    package init(maxSteps: Int = 30, timeoutSeconds: Int64 = 1800) {
        self.maxSteps = maxSteps
        self.timeoutSeconds = timeoutSeconds
    }
}
