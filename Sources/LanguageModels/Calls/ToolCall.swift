package import JSON

/// A native tool call of a model.
package struct ToolCall: Sendable, Hashable {
    /// What the arguments say.
    package enum Reading: Sendable, Hashable {
        case object(JSONObject)
        /// Not a JSON object, and why: the model is told so, and nothing is run.
        case malformed(String)
    }

    package var id: String
    /// Empty when the model named no tool.
    package var name: String
    /// JSON as text, exactly as the model wrote it: it may be invalid.
    package var arguments: String

    package init(id: String, name: String, arguments: String) {
        self.id = id
        self.name = name
        self.arguments = arguments
    }

    package var reading: Reading {
        do {
            let json = try JSONValue(parsing: Array(arguments.utf8))
            return json.objectValue.map(Reading.object) ?? .malformed("the arguments are not an object")
        } catch {
            return .malformed("the arguments are not JSON: \(error.message)")
        }
    }
}
