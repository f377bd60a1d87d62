/// Names one object of a kind; cluster-scoped objects have the empty namespace.
package struct ObjectKey: Sendable, Hashable, Comparable, CustomStringConvertible {
    package var namespace: String
    package var name: String

    package init(namespace: String = "", name: String) {
        self.namespace = namespace
        self.name = name
    }

    package var description: String { namespace.isEmpty ? name : "\(namespace)/\(name)" }

    package static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        (left.namespace, left.name) < (right.namespace, right.name)
    }
}
