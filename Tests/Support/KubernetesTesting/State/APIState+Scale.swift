import JSON
import KubernetesModel

/// Where a kind keeps what its `scale` subresource shows, as paths of members.
package struct ScalePaths: Sendable {
    var replicas: [String]
    var reported: [String]
    var selector: [String]

    static let workload = ScalePaths(
        replicas: ["spec", "replicas"], reported: ["status", "replicas"], selector: ["spec", "selector", "matchLabels"])

    /// From the definition of a custom kind.
    init?(definition scale: JSONValue?) {
        func path(_ name: String) -> [String] {
            scale?[name]?.stringValue?.split(separator: ".").map(String.init) ?? []
        }
        (replicas, reported, selector) = (
            path("specReplicasPath"), path("statusReplicasPath"), path("labelSelectorPath")
        )
        if replicas.isEmpty { return nil }
    }

    private init(replicas: [String], reported: [String], selector: [String]) {
        (self.replicas, self.reported, self.selector) = (replicas, reported, selector)
    }
}

extension ScalePaths {
    /// What is said of replicas that are none, beside what the schema says; nil when there is nothing to say.
    func unreadable(_ object: JSONValue) -> StatusCause? {
        var value = object
        for (index, field) in replicas.enumerated() {
            guard value.objectValue != nil else {
                let why = "accessor error: \(Self.told(value)), expected map[string]interface{}"
                return cause(0, "\(path(index + 1)) \(why)")
            }
            guard let inner = value[field] else { return nil }
            value = inner
        }
        guard let wanted = value.integerValue else {
            return cause(0, "\(path(replicas.count)) accessor error: \(Self.told(value)), expected int64")
        }
        return wanted < 0 ? cause(wanted, "should be a non-negative integer") : nil
    }

    private func cause(_ found: Int64, _ why: String) -> StatusCause {
        StatusCause(
            reason: "FieldValueInvalid", message: "Invalid value: \(found): \(why)", field: path(replicas.count))
    }

    private func path(_ count: Int) -> String { replicas.prefix(count).map { "." + $0 }.joined() }

    /// As Go prints a value and its type.
    private static func told(_ value: JSONValue) -> String { "\(printed(value)) is of the type \(type(value))" }

    private static func printed(_ value: JSONValue) -> String {
        switch value {
        case .null: "<nil>"
        case .string(let text): text
        case .array(let items): "[" + items.map(printed).joined(separator: " ") + "]"
        case .object(let members):
            "map[" + members.sorted { $0.key < $1.key }.map { "\($0.key):\(printed($0.value))" }.joined(separator: " ")
                + "]"
        case .bool, .integer, .number: value.text
        }
    }

    private static func type(_ value: JSONValue) -> String {
        switch value {
        case .null: "<nil>"
        case .bool: "bool"
        case .integer: "int64"
        case .number: "float64"
        case .string: "string"
        case .array: "[]interface {}"
        case .object: "map[string]interface {}"
        }
    }
}

extension APIState {
    /// The object as its scale subresource shows it.
    func scale(of object: JSONValue, _ type: ResourceType) throws -> JSONValue {
        guard let paths = served(type).scale else { throw APIFailure.noSuchPath }
        var metadata = JSONObject()
        for field in ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"] {
            metadata[field] = object["metadata", field]
        }
        func value(_ path: [String]) -> JSONValue? { path.reduce(JSONValue?.some(object)) { $0?[$1] } }
        var scale: JSONValue = [
            "kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": .object(metadata),
            "spec": .object([:]), "status": ["replicas": value(paths.reported) ?? 0],
        ]
        if let wanted = value(paths.replicas), wanted != 0 { scale["spec", "replicas"] = wanted }
        switch value(paths.selector) {
        case .string(let text)?: scale["status", "selector"] = .string(text)
        case .object(let labels)?:
            scale["status", "selector"] = .string(
                labels.map { "\($0.key)=\($0.value.stringValue ?? "")" }.sorted().joined(separator: ","))
        default: break
        }
        return scale
    }

    /// The object with as many replicas as a scale wants.
    func scaled(_ object: JSONValue, _ type: ResourceType, to scale: JSONValue) throws -> JSONValue {
        guard let paths = served(type).scale else { throw APIFailure.noSuchPath }
        let wanted = scale["spec", "replicas"]?.integerValue ?? 0
        // Of a custom kind it is the schema that knows the bounds.
        guard wanted >= 0 || served(type).isCustom else {
            throw APIFailure.invalid(
                ResourceType(group: "autoscaling", version: "v1", kind: "Scale", plural: "scales"),
                object["metadata", "name"]?.stringValue ?? "",
                [
                    StatusCause(
                        reason: "FieldValueInvalid",
                        message: "Invalid value: \(wanted): must be greater than or equal to 0", field: "spec.replicas")
                ])
        }
        return Self.setting(paths.replicas[...], of: object, to: .integer(wanted))
    }

    private static func setting(_ path: ArraySlice<String>, of value: JSONValue, to new: JSONValue) -> JSONValue {
        guard let first = path.first else { return new }
        var result = value
        result[first] = setting(path.dropFirst(), of: value[first] ?? [:], to: new)
        return result
    }
}
