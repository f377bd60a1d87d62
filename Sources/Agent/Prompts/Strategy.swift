/// How the agent is led.
package enum Strategy: String, Sendable, Hashable, CaseIterable {
    /// Thought and action, all tools.
    case react = "React"
    /// Commands only: `exec_shell` and `submit`.
    case shell = "Shell"
}
