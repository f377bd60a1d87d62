/// What the agent is asked to do.
///
/// Everything in it may be shown to the agent: no problem id, no truth.
package struct AgentTask: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case detection, localization, analysis, mitigation
    }

    package var kind: Kind
    /// Name of the application, for the prompt.
    package var application: String
    package var namespace: String
    package var description: String
    /// What its users can do with it.
    package var operations: [String]

    package init(kind: Kind, application: String, namespace: String, description: String, operations: [String] = []) {
        self.kind = kind
        self.application = application
        self.namespace = namespace
        self.description = description
        self.operations = operations
    }
}
