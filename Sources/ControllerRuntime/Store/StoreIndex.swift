package import KubernetesModel

/// Finds objects by a text drawn from them, such as the pool they name.
package struct StoreIndex<R: KubernetesObject>: Sendable {
    package let name: String
    package let values: @Sendable (R) -> [String]

    package init(_ name: String, values: @escaping @Sendable (R) -> [String]) {
        self.name = name
        self.values = values
    }
}
