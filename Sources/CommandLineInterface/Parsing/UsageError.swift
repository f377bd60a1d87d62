/// A command line that does not fit the declaration; actions may throw it for values they refuse.
package struct UsageError: Error, Sendable, Hashable, CustomStringConvertible {
    /// `EX_USAGE` of sysexits.h.
    package static let exitCode: Int32 = 64

    package var message: String
    /// The command that was being read, by its names from below the root: its help says more.
    package var commandPath: [String] = []

    package init(_ message: String) {
        self.message = message
    }

    package var description: String { message }
    package var isRetryable: Bool { false }
    package var isUserError: Bool { true }
}
