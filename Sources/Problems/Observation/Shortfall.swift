/// One way in which a system is not as it should be.
package struct Shortfall: Sendable, Hashable, CustomStringConvertible {
    /// CamelCase, for programs.
    package var code: String
    /// What was seen, for people.
    package var message: String

    package init(_ code: String, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { "\(code): \(message)" }
}
