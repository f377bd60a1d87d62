package import JSON
package import KubernetesModel

/// An `openAPIV3Schema` as the server goes by it: defaults, pruning, what values must be like, and the rules in CEL.
package struct ServedSchema: Sendable {
    private let root: JSONValue
    private var sites: [RuleSite] = []
    /// Rules that are not understood, and therefore not kept.
    package private(set) var unknownRules: [String] = []
    /// Every object has these, whatever its schema says.
    private static let always: Set<String> = ["apiVersion", "kind", "metadata"]

    package init(openAPI root: JSONValue) {
        self.root = root
        collectRules(root, [])
    }

    var hasRules: Bool { !sites.isEmpty }

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

    /// What is wrong with an object that its rules do not say.
    package func violations(_ object: JSONValue, _ profile: ServerProfile) -> [StatusCause] {
        var check = SchemaCheck(profile)
        check.look(at: object, root)
        return check.causes
    }

    /// What an object breaks of the rules; those that compare with the old one are asked where there is one.
    package func brokenRules(_ object: JSONValue, old: JSONValue?) -> [StatusCause] {
        sites.flatMap { $0.broken(object, old: old) }
    }

    private mutating func collectRules(_ schema: JSONValue, _ steps: [RuleSite.Step]) {
        var rules: [RuleSite.Rule] = []
        for rule in schema["x-kubernetes-validations"]?.arrayValue ?? [] {
            do throws(RuleError) {
                rules.append(try RuleSite.Rule(rule))
            } catch {
                unknownRules.append("\(rule["rule"]?.stringValue ?? ""): \(error)")
            }
        }
        if !rules.isEmpty { sites.append(RuleSite(steps: steps, rules: rules)) }
        for (name, inner) in schema["properties"]?.objectValue ?? [:] { collectRules(inner, steps + [.member(name)]) }
        if let each = schema["items"] { collectRules(each, steps + [.item]) }
        if let each = schema["additionalProperties"] { collectRules(each, steps + [.entry]) }
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
