package import JSON
package import KubernetesModel

/// An object that is to be made, with the place it lives at.
package struct PlannedObject: Sendable, Hashable {
    package let type: ResourceType
    package let object: DynamicObject
    package let key: ObjectKey

    /// Completes a manifest with its version, kind, name and labels.
    package init(
        _ type: ResourceType, namespace: String = "", name: String, labels: [(String, String)], body: JSONObject
    ) {
        var metadata: JSONObject = ["name": .string(name)]
        if !namespace.isEmpty { metadata["namespace"] = .string(namespace) }
        metadata["labels"] = .object(JSONObject.strings(labels))
        var whole: JSONObject = [
            "apiVersion": .string(type.apiVersion), "kind": .string(type.kind), "metadata": .object(metadata),
        ]
        for (field, value) in body { whole[field] = value }
        self.type = type
        object = DynamicObject(.object(whole))
        key = ObjectKey(namespace: namespace, name: name)
    }
}

extension JSONObject {
    /// An object of strings in the given order.
    package static func strings(_ pairs: [(String, String)]) -> JSONObject {
        var object: JSONObject = [:]
        for (key, value) in pairs { object[key] = .string(value) }
        return object
    }
}

extension JSONValue {
    package static func strings(_ values: [String]) -> JSONValue { .array(values.map { .string($0) }) }
}
