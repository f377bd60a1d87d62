/// What is wrong with a price table, and where.
package struct PriceTableError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Such as `models[3].input`; empty for the whole.
    package var path: String
    package var message: String

    package init(path: String, message: String) {
        self.path = path
        self.message = message
    }

    package var isRetryable: Bool { false }
    package var isUserError: Bool { true }

    package var description: String { path.isEmpty ? message : "\(path): \(message)" }
}
