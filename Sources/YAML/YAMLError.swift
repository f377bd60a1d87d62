/// Why YAML text was refused, and where; both counts start at 1.
package struct YAMLError: Error, Sendable, Hashable, CustomStringConvertible {
    package var line: Int
    package var column: Int
    package var message: String

    init(_ mark: YAMLMark, _ message: String) {
        line = mark.line
        column = mark.column
        self.message = message
    }

    package var description: String { "\(message) at line \(line), column \(column)" }

    /// The same text fails again.
    package var isRetryable: Bool { false }

    /// Whoever wrote the text can mend it.
    package var isUserError: Bool { true }
}

/// A place in the text; both counts start at 1.
struct YAMLMark: Equatable {
    var line = 1
    var column = 1
}
