package import JSON

/// The answer of an agent.
package struct Submission: Sendable, Hashable {
    package var kind: AgentTask.Kind
    /// Detection: the text.
    ///
    /// Localization: a list of names. Analysis: a map of `system_level` and `fault_type`, or nothing for no fault.
    ///
    /// Mitigation: nothing, the cluster is the answer.
    package var value: JSONValue?

    package init(kind: AgentTask.Kind, value: JSONValue?) {
        self.kind = kind
        self.value = value
    }

    package static let systemLevels = ["Hardware", "Operating System", "Virtualization", "Application"]
    package static let faultTypes = [
        "Misconfiguration", "Code Defect", "Authentication Issue", "Network/Storage Issue", "Operation Error",
        "Dependency Problem",
    ]

    /// Reads the arguments of `submit`.
    ///
    /// Only the shape is looked at: whether the answer is right, or one of the allowed words, is graded later.
    ///
    /// - Throws: what the agent should be told about the shape.
    init(_ action: AgentAction, kind: AgentTask.Kind) throws(FormatError) {
        self.kind = kind
        let label =
            switch kind {
            case .detection: "has_anomaly"
            case .localization: "faulty_components"
            case .analysis: "analysis"
            case .mitigation: ""
            }
        if action.arguments.count > 1 || action.arguments.contains(where: { $0.label != nil && $0.label != label }) {
            throw FormatError(
                .submission("submit takes \(kind == .mitigation ? "no argument" : "one argument, \(label)")"))
        }
        let argument = action.value(label, at: 0)
        switch (kind, argument) {
        case (.mitigation, nil), (.analysis, nil), (.analysis, .some(.null)): value = nil
        case (.mitigation, .some): throw FormatError(.submission("submit takes no argument in this task"))
        case (.detection, .some(.string(let text))): value = .string(text)
        case (.detection, _): throw FormatError(.submission("submit takes \"Yes\" or \"No\""))
        case (.localization, .some(.array(let names))) where names.allSatisfy({ $0.stringValue != nil }):
            value = .array(names)
        case (.localization, .some(.string(let name))): value = [.string(name)]
        case (.localization, _): throw FormatError(.submission("submit takes a list of names"))
        case (.analysis, .some(.object(let map))) where map["system_level"] != nil && map["fault_type"] != nil:
            value = .object(map)
        case (.analysis, _):
            throw FormatError(.submission("submit takes a map with the keys system_level and fault_type"))
        }
    }
}
