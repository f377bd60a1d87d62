package import KubernetesModel

/// One thing an environment is made of, as written in the task's status before the thing is made.
package struct InventoryItem: Sendable, Hashable, Comparable, CustomStringConvertible {
    package var apiVersion: String
    package var kind: String
    /// Empty for cluster-scoped objects.
    package var namespace: String
    package var name: String

    package init(apiVersion: String, kind: String, namespace: String, name: String) {
        self.apiVersion = apiVersion
        self.kind = kind
        self.namespace = namespace
        self.name = name
    }

    package init(_ planned: PlannedObject) {
        self.init(
            apiVersion: planned.type.apiVersion, kind: planned.type.kind, namespace: planned.key.namespace,
            name: planned.key.name)
    }

    package var key: ObjectKey { ObjectKey(namespace: namespace, name: name) }

    package var description: String { "\(kind) \(key)" }

    package static func < (left: InventoryItem, right: InventoryItem) -> Bool {
        (left.kind, left.key) < (right.kind, right.key)
    }
}
