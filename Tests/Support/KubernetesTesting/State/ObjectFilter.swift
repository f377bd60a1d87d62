import JSON
import KubernetesModel

/// The selectors of a list or a watch.
struct ObjectFilter: Sendable {
    private struct FieldRequirement: Sendable {
        var path: [String]
        var value: String
        var isEqual: Bool
    }

    private var labels = LabelSelector()
    private var fields: [FieldRequirement] = []
    private let namespace: String

    init(namespace: String, labelSelector: String?, fieldSelector: String?) throws {
        self.namespace = namespace
        if let labelSelector {
            let hasNamelessKey = labelSelector.split(separator: ",").contains { $0.hasPrefix("=") }
            guard !hasNamelessKey, let selector = LabelSelector(text: labelSelector) else {
                throw APIFailure.badRequest("unable to parse requirement: \(labelSelector)")
            }
            labels = selector
        }
        for part in (fieldSelector ?? "").split(separator: ",") {
            let isEqual = !part.contains("!=")
            guard let equals = part.firstIndex(of: "=") else {
                throw APIFailure.badRequest("invalid selector: '\(part)'; can't understand '\(part)'")
            }
            let path = part[..<equals].filter { $0 != "!" }.split(separator: ".").map(String.init)
            let value = part[part.index(after: equals)...].drop { $0 == "=" }
            fields.append(FieldRequirement(path: path, value: String(value), isEqual: isEqual))
        }
    }

    func matches(_ object: JSONValue) -> Bool {
        guard namespace.isEmpty || object["metadata", "namespace"]?.stringValue == namespace else { return false }
        var own: [String: String] = [:]
        for (key, value) in object["metadata", "labels"]?.objectValue ?? [:] { own[key] = value.stringValue }
        return labels.matches(own)
            && fields.allSatisfy { field in
                let found = field.path.reduce(JSONValue?.some(object)) { $0?[$1] }
                let text = found?.stringValue ?? found?.integerValue.map { String($0) } ?? ""
                return (text == field.value) == field.isEqual
            }
    }
}
