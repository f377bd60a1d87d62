/// A form in which a conversation leaves the cluster.
package enum ExportFormat: String, Sendable, Hashable, CaseIterable {
    /// To be read by people.
    case text
    /// One document: what is known of the run, and every message as it is stored.
    case json
    /// One line for training: messages, tools, reward.
    case training
    /// The session file of AIOpsLab, for tools that read those.
    case aiopslab
    /// Agent Trajectory Interchange Format 1.7, of the Harbor project.
    case atif
}
