package import JSON
import KubernetesModel

/// The structural part of an `openAPIV3Schema`, as far as answers depend on it: defaults, pruning, bounds and required
/// fields, and of the CEL rules the one form `has(self.a) != has(self.b)`.
///
/// Patterns and formats are not looked at; no recorded exchange is about them.
package struct ServedSchema: Sendable {
    private let root: JSONValue
    let hasRules: Bool
    /// Every object has these, whatever its schema says.
    private static let always: Set<String> = ["apiVersion", "kind", "metadata"]

    package init(openAPI root: JSONValue) {
        self.root = root
        hasRules = root.text.contains("\"x-kubernetes-validations\"")
    }

    /// The object with its defaults, without what the schema does not know.
    func completed(_ object: JSONValue) -> JSONValue {
        var result = object
        let known = root["properties"]?.objectValue ?? [:]
        if root["x-kubernetes-preserve-unknown-fields"]?.boolValue != true {
            for name in object.objectValue?.keys ?? [] where known[name] == nil && !Self.always.contains(name) {
                result[name] = nil
            }
        }
        for (name, schema) in known where name != "metadata" {
            if let value = object[name] ?? schema["default"] { result[name] = Self.completed(value, schema) }
        }
        return result
    }

    private static func completed(_ value: JSONValue, _ schema: JSONValue) -> JSONValue {
        if schema["x-kubernetes-preserve-unknown-fields"]?.boolValue == true { return value }
        switch value {
        case .object(let members):
            if let each = schema["additionalProperties"] {
                var result = JSONObject()
                for (key, member) in members { result[key] = completed(member, each) }
                return .object(result)
            }
            let known = schema["properties"]?.objectValue ?? [:]
            var result = JSONObject()
            for (key, member) in members where !member.isNull {
                if let inner = known[key] { result[key] = completed(member, inner) }
            }
            for (key, inner) in known where result[key] == nil {
                if let filled = inner["default"] { result[key] = completed(filled, inner) }
            }
            return .object(result)
        case .array(let items):
            guard let each = schema["items"] else { return value }
            return .array(items.map { completed($0, each) })
        default: return value
        }
    }

    /// The paths that pruning would drop.
    func unknownFields(_ object: JSONValue) -> [String] {
        let known = root["properties"]?.objectValue ?? [:]
        return (object.objectValue ?? [:]).flatMap { name, value -> [String] in
            if Self.always.contains(name) { return [] }
            return known[name].map { Self.unknown(value, $0, name) } ?? [name]
        }
    }

    private static func unknown(_ value: JSONValue, _ schema: JSONValue, _ path: String) -> [String] {
        if schema["x-kubernetes-preserve-unknown-fields"]?.boolValue == true { return [] }
        switch value {
        case .object(let members):
            guard schema["additionalProperties"] == nil else { return [] }
            return members.flatMap { key, member in
                guard let inner = schema["properties"]?[key] else { return ["\(path).\(key)"] }
                return unknown(member, inner, "\(path).\(key)")
            }
        case .array(let items):
            guard let each = schema["items"] else { return [] }
            return items.enumerated().flatMap { unknown($1, each, "\(path)[\($0)]") }
        default: return []
        }
    }

    func violations(_ object: JSONValue, knowsRules: Bool) -> [StatusCause] {
        let missing = (root["required"]?.arrayValue ?? []).compactMap(\.stringValue).filter { object[$0] == nil }
        return missing.map { StatusCause(reason: "FieldValueRequired", message: "Required value", field: $0) }
            + (root["properties"]?.objectValue ?? [:]).flatMap { name, schema -> [StatusCause] in
                guard name != "metadata", let value = object[name] else { return [] }
                return Self.violations(value, schema, name, knowsRules)
            }
    }

    private static func violations(
        _ value: JSONValue, _ schema: JSONValue, _ path: String, _ knowsRules: Bool
    ) -> [StatusCause] {
        var causes: [StatusCause] = []
        func invalid(_ shown: String, _ why: String) {
            causes.append(
                StatusCause(
                    reason: "FieldValueInvalid", message: "Invalid value: \(shown): \(path) in body \(why)", field: path
                ))
        }
        switch value {
        case .integer(let number):
            if let most = schema["maximum"]?.integerValue, number > most {
                invalid("\(number)", "should be less than or equal to \(most)")
            }
            if let least = schema["minimum"]?.integerValue, number < least {
                invalid("\(number)", "should be greater than or equal to \(least)")
            }
        case .string(let text):
            if let most = schema["maxLength"]?.integerValue, text.unicodeScalars.count > most {
                causes.append(
                    StatusCause(
                        reason: "FieldValueTooLong", message: "Too long: may not be more than \(most) bytes",
                        field: path))
            }
            if let words = schema["enum"]?.arrayValue, !words.contains(value) {
                let list = words.compactMap(\.stringValue).map { "\"\($0)\"" }.joined(separator: ", ")
                causes.append(
                    StatusCause(
                        reason: "FieldValueNotSupported",
                        message: "Unsupported value: \"\(text)\": supported values: \(list)",
                        field: path))
            }
        case .object(let members):
            for name in schema["required"]?.arrayValue?.compactMap(\.stringValue) ?? [] where members[name] == nil {
                causes.append(
                    StatusCause(reason: "FieldValueRequired", message: "Required value", field: "\(path).\(name)"))
            }
            for (key, member) in members.sorted(by: { $0.key < $1.key }) {
                guard let inner = schema["properties"]?[key] ?? schema["additionalProperties"] else { continue }
                causes += violations(member, inner, "\(path).\(key)", knowsRules)
            }
            if knowsRules, causes.isEmpty { causes += broken(members, schema, path) }
        case .array(let items):
            if let each = schema["items"] {
                for (index, item) in items.enumerated() {
                    causes += violations(item, each, "\(path)[\(index)]", knowsRules)
                }
            }
        default: break
        }
        return causes
    }

    private static func broken(_ members: JSONObject, _ schema: JSONValue, _ path: String) -> [StatusCause] {
        (schema["x-kubernetes-validations"]?.arrayValue ?? []).compactMap { rule in
            let parts = (rule["rule"]?.stringValue ?? "").split(separator: " ").map(String.init)
            guard parts.count == 3, parts[1] == "!=", let left = named(parts[0]), let right = named(parts[2]),
                (members[left] != nil) == (members[right] != nil)
            else { return nil }
            return StatusCause(
                reason: "FieldValueInvalid", message: "Invalid value: \(rule["message"]?.stringValue ?? "failed rule")",
                field: path)
        }
    }

    /// The field of `has(self.field)`.
    private static func named(_ call: String) -> String? {
        guard call.hasPrefix("has(self."), call.hasSuffix(")") else { return nil }
        return String(call.dropFirst("has(self.".count).dropLast())
    }
}

extension StatusCause {
    /// With such a finding the rules are not looked at any more.
    var stopsRules: Bool {
        [
            "FieldValueRequired", "FieldValueTooLong", "FieldValueTooMany", "FieldValueTypeInvalid",
            "FieldValueNotSupported",
        ]
        .contains(reason)
    }

    static let rulesNotChecked = StatusCause(
        reason: "FieldValueInvalid",
        message:
            "Invalid value: null: some validation rules were not checked because the object was invalid; correct the "
            + "existing errors to complete validation", field: "<nil>")
}

extension APIState {
    /// Serves the kind that a CRD brings.
    mutating func serve(definedBy definition: JSONValue) {
        let spec = definition["spec"] ?? [:]
        let names = spec["names"] ?? [:]
        guard let version = spec["versions"]?[0], let plural = names["plural"]?.stringValue,
            let kind = names["kind"]?.stringValue
        else { return }
        let type = ResourceType(
            group: spec["group"]?.stringValue ?? "", version: version["name"]?.stringValue ?? "", kind: kind,
            plural: plural, isNamespaced: spec["scope"] != "Cluster")
        var served = ServedType(type, hasStatus: version["subresources"]?["status"] != nil)
        served.schema = version["schema"]?["openAPIV3Schema"].map(ServedSchema.init(openAPI:))
        served.scale = ScalePaths(definition: version["subresources"]?["scale"])
        served.singular = names["singular"]?.stringValue ?? kind.lowercased()
        served.shortNames = names["shortNames"]?.arrayValue?.compactMap(\.stringValue) ?? []
        served.categories = names["categories"]?.arrayValue?.compactMap(\.stringValue) ?? []
        let fields = version["selectableFields"]?.arrayValue?.compactMap {
            $0["jsonPath"]?.stringValue.map { String($0.dropFirst()) }
        }
        served.selectableFields = profile.knowsRules ? fields ?? [] : []
        types.removeAll { $0.type == type }
        types.append(served)
    }
}
