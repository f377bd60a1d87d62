package import JSON

/// One call that an agent asked for.
package struct AgentAction: Sendable, Hashable {
    package struct Argument: Sendable, Hashable {
        /// Nothing for a positional argument.
        package var label: String?
        package var value: JSONValue

        package init(label: String? = nil, _ value: JSONValue) {
            self.label = label
            self.value = value
        }
    }

    package var name: String
    package var arguments: [Argument]

    package init(name: String, arguments: [Argument] = []) {
        self.name = name
        self.arguments = arguments
    }

    /// The argument with that label, else the one at that position among those without a label.
    package func value(_ label: String, at position: Int) -> JSONValue? {
        if let named = arguments.first(where: { $0.label == label }) { return named.value }
        let positional = arguments.filter { $0.label == nil }
        // Not a conditional expression: there `nil` would become JSON's null.
        guard positional.indices.contains(position) else { return nil }
        return positional[position].value
    }

    package func string(_ label: String, at position: Int) -> String? { value(label, at: position)?.stringValue }

    package func integer(_ label: String, at position: Int) -> Int64? { value(label, at: position)?.integerValue }

    /// For the record: a map when every argument has its own label, else a list.
    var json: JSONValue {
        let labels = arguments.compactMap(\.label)
        guard labels.count == arguments.count, Set(labels).count == labels.count else {
            return .array(arguments.map(\.value))
        }
        var object = JSONObject()
        for argument in arguments { object[argument.label ?? ""] = argument.value }
        return .object(object)
    }
}
