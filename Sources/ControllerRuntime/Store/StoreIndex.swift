/// Finds rows by a text drawn from them, such as the pool they name.
package struct StoreIndex<Row: Sendable>: Sendable {
    package let name: String
    package let values: @Sendable (Row) -> [String]

    package init(_ name: String, values: @escaping @Sendable (Row) -> [String]) {
        self.name = name
        self.values = values
    }
}
