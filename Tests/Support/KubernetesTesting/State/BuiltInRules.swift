import JSON
import KubernetesModel

/// What Kubernetes demands of its own kinds beyond their metadata, as far as the operator and the scenarios meet it.
enum BuiltInRules {
    /// Of ConfigMaps and Secrets: keys that are names of files, and no change of one that says so.
    @Sendable static func ofMap(_ new: JSONValue, _ old: JSONValue?) -> [StatusCause] {
        if let old, old["immutable"]?.boolValue == true {
            let changed = ["immutable", "data", "binaryData"].filter { new[$0] != old[$0] }.map {
                StatusCause(
                    reason: "FieldValueForbidden", message: "Forbidden: field is immutable when `immutable` is set",
                    field: $0)
            }
            return changed
        }
        return ["data", "binaryData"].flatMap { part in
            (new[part]?.objectValue?.keys ?? []).flatMap { key in
                wrong(key, isTwice: part == "data" && new["binaryData"]?[key] != nil).map {
                    StatusCause(
                        reason: "FieldValueInvalid", message: "Invalid value: \(JSONValue.string(key).text): \($0)",
                        field: "\(part)[\(key)]")
                }
            }
        }
    }

    private static func wrong(_ key: String, isTwice: Bool) -> [String] {
        var wrong: [String] = []
        if key.utf8.count > 253 { wrong.append("must be no more than 253 characters") }
        if key.isEmpty || !key.utf8.allSatisfy(isOfName) {
            wrong.append(
                "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or "
                    + "'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')")
        }
        switch key {
        case ".", "..": wrong.append("must not be '\(key)'")
        case _ where key.hasPrefix(".."): wrong.append("must not start with '..'")
        default: break
        }
        if isTwice { wrong.append("duplicate of key present in binaryData") }
        return wrong
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        (97...122).contains(byte | 32) || (48...57).contains(byte) || [45, 46, 95].contains(byte)
    }

    /// Of workloads: what they select is theirs for good.
    @Sendable static func ofSelector(_ new: JSONValue, _ old: JSONValue?) -> [StatusCause] {
        guard let old, let selector = new["spec"]?["selector"], selector != old["spec"]?["selector"] else { return [] }
        return [
            StatusCause(
                reason: "FieldValueInvalid", message: "Invalid value: \(printed(selector)): field is immutable",
                field: "spec.selector")
        ]
    }

    /// As Go prints the struct.
    private static func printed(_ selector: JSONValue) -> String {
        func text(_ value: JSONValue?) -> String { JSONValue.string(value?.stringValue ?? "").text }
        let labels = (selector["matchLabels"]?.objectValue ?? [:]).sorted { $0.key < $1.key }.map {
            "\(JSONValue.string($0.key).text):\(text($0.value))"
        }
        let requirements = selector["matchExpressions"]?.arrayValue?.map { requirement in
            let values = requirement["values"]?.arrayValue.map { "{\($0.map(text).joined(separator: ", "))}" }
            return "v1.LabelSelectorRequirement{Key:\(text(requirement["key"])), "
                + "Operator:\(text(requirement["operator"])), Values:[]string\(values ?? "(nil)")}"
        }
        let list = requirements.map { "{\($0.joined(separator: ", "))}" } ?? "(nil)"
        return "v1.LabelSelector{MatchLabels:map[string]string"
            + (selector["matchLabels"] == nil ? "(nil)" : "{\(labels.joined(separator: ", "))}")
            + ", MatchExpressions:[]v1.LabelSelectorRequirement\(list)}"
    }
}
