/// Why a document or an edit was refused.
package struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Bytes from the start of the document; 0 when the error is about a value and not about text.
    package var offset: Int
    package var message: String

    package init(offset: Int, message: String) {
        self.offset = offset
        self.message = message
    }

    package var description: String { "\(message) at byte \(offset)" }

    /// The same bytes fail again.
    package var isRetryable: Bool { false }

    /// Whoever wrote the document can mend it.
    package var isUserError: Bool { true }
}
