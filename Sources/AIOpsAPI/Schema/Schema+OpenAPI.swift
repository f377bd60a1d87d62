package import JSON

extension Schema {
    /// For which servers a CRD is written.
    package enum Dialect: Sendable, Hashable, CaseIterable {
        /// CEL rules and selectable fields (Kubernetes 1.30 and later).
        case current
        /// Neither; such servers would refuse or drop them (down to 1.20).
        case legacy
    }

    /// The structural schema in the form of `apiextensions.k8s.io/v1`.
    package func openAPI(_ dialect: Dialect) -> JSONValue {
        var result: JSONObject = [:]
        result["description"] = .string(documentation)
        if let defaultValue { result["default"] = defaultValue }
        switch shape {
        case .text(let bounds):
            result["type"] = "string"
            Self.describe(bounds, in: &result)
        case .integer(let range):
            result["type"] = "integer"
            let isNarrow = range.lowerBound >= Int64(Int32.min) && range.upperBound <= Int64(Int32.max)
            result["format"] = isNarrow ? "int32" : "int64"
            result["minimum"] = .integer(range.lowerBound)
            result["maximum"] = .integer(range.upperBound)
        case .boolean:
            result["type"] = "boolean"
        case .object(let properties):
            result["type"] = "object"
            let required = properties.filter(\.isRequired).map { JSONValue.string($0.name) }
            if !required.isEmpty { result["required"] = .array(required) }
            var fields: JSONObject = [:]
            for property in properties { fields[property.name] = property.schema.openAPI(dialect) }
            result["properties"] = .object(fields)
        case .list(let element, let max, let kind):
            result["type"] = "array"
            result["maxItems"] = .integer(Int64(max))
            Self.describe(kind, in: &result)
            result["items"] = element.openAPI(dialect)
        case .map(let value, let max):
            result["type"] = "object"
            result["maxProperties"] = .integer(Int64(max))
            result["additionalProperties"] = value.openAPI(dialect)
        }
        if dialect == .current, !rules.isEmpty {
            result["x-kubernetes-validations"] = .array(rules.map(\.openAPI))
        }
        return .object(result)
    }

    private static func describe(_ bounds: TextBounds, in result: inout JSONObject) {
        guard bounds.values.isEmpty else {
            result["enum"] = .array(bounds.values.map { .string($0) })
            return
        }
        result["maxLength"] = .integer(Int64(bounds.max))
        if bounds.min > 0 { result["minLength"] = .integer(Int64(bounds.min)) }
        if let pattern = bounds.form?.pattern { result["pattern"] = .string(pattern) }
        if bounds.form == .dateTime { result["format"] = "date-time" }
    }

    private static func describe(_ kind: ListKind, in result: inout JSONObject) {
        switch kind {
        case .atomic:
            result["x-kubernetes-list-type"] = "atomic"
        case .set:
            result["x-kubernetes-list-type"] = "set"
        case .map(let keys):
            result["x-kubernetes-list-type"] = "map"
            result["x-kubernetes-list-map-keys"] = .array(keys.map { .string($0) })
        }
    }
}

extension Rule {
    fileprivate var openAPI: JSONValue {
        var result: JSONObject = ["rule": .string(cel), "message": .string(message)]
        if let field { result["fieldPath"] = .string(".\(field)") }
        return .object(result)
    }
}
