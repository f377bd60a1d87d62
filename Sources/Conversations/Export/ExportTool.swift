package import JSON

/// A tool that the agent was offered, as chat completions describe one.
///
/// What `ToolDefinition` is to a client of models, for a layer that knows of none.
package struct ExportTool: Sendable, Hashable {
    package var name: String
    package var description: String
    /// JSON Schema of the arguments.
    package var parameters: JSONValue

    package init(name: String, description: String, parameters: JSONValue) {
        self.name = name
        self.description = description
        self.parameters = parameters
    }

    var value: JSONValue {
        [
            "type": "function",
            "function": [
                "name": .string(name), "description": .string(description), "parameters": parameters,
            ],
        ]
    }
}
