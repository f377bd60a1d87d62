import JSON
package import KubernetesModel

/// What a kind of ours tells the server about itself, beside its fields.
package struct CustomResource: Sendable {
    package struct Column: Sendable {
        package var name: String
        package var type: ColumnType
        package var path: String
        package var documentation: String
        /// Shown only by `-o wide`.
        package var isWide = false
    }

    package enum ColumnType: String, Sendable {
        case string, integer, boolean, date
    }

    package struct Scale: Sendable {
        package var specReplicas: String
        package var statusReplicas: String
        package var selector: String
    }

    package var type: ResourceType
    package var shortName: String
    package var documentation: String
    package var spec: Schema
    package var status: Schema
    /// Over the whole object: the only place that sees both spec and status.
    package var rules: [Rule] = []
    package var columns: [Column]
    /// Paths that field selectors may use, at most eight.
    package var selectableFields: [String]
    package var scale: Scale?

    package static let all: [CustomResource] = [.aiopsTask, .workerPool, .llmConversation]

    /// The schema of the whole object.
    package var root: Schema {
        .object(
            documentation,
            [
                .required("spec", spec),
                // Without it, nobody could tell a status that was never written from one that is up to date: kstatus
                // takes an object without observedGeneration and conditions for finished.
                .optional("status", status.defaulting(to: ["observedGeneration": -1])),
            ],
            rules: rules)
    }
}
