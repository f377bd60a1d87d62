package import JSON

/// One argument of a tool.
package struct ToolParameter: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case text
        case integer
        case texts
        case map([ToolParameter])
    }

    package var name: String
    package var kind: Kind
    package var documentation: String
    package var isRequired: Bool
    /// What it is when it is not given.
    package var standard: JSONValue?

    /// An argument that must be given, unless it has a standard or says otherwise.
    package init(
        _ name: String, _ kind: Kind, _ documentation: String, isRequired: Bool? = nil, standard: JSONValue? = nil
    ) {
        self.name = name
        self.kind = kind
        self.documentation = documentation
        self.isRequired = isRequired ?? (standard == nil)
        self.standard = standard
    }

    /// As in a signature: `timeout: int = 30`.
    var signature: String { "\(name): \(typeName)" + (standard.map { " = \($0.text)" } ?? "") }

    /// In the words of the language that signatures are written in.
    var typeName: String {
        switch kind {
        case .text: "str"
        case .integer: "int"
        case .texts: "list[str]"
        case .map: "dict"
        }
    }

    /// JSON Schema of its value.
    private var schema: JSONValue {
        var schema: JSONValue
        switch kind {
        case .text: schema = ["type": "string"]
        case .integer: schema = ["type": "integer"]
        case .texts: schema = ["type": "array", "items": ["type": "string"]]
        case .map(let members): schema = Self.schema(of: members)
        }
        schema["description"] = .string(documentation)
        schema["default"] = standard
        return schema
    }

    /// JSON Schema of a map of these.
    static func schema(of parameters: [ToolParameter]) -> JSONValue {
        var properties = JSONObject()
        for parameter in parameters { properties[parameter.name] = parameter.schema }
        return [
            "type": "object", "properties": .object(properties),
            "required": .array(parameters.filter(\.isRequired).map { .string($0.name) }),
            "additionalProperties": false,
        ]
    }
}
