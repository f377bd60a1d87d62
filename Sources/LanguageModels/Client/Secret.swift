/// A key that does not show itself: not in descriptions, not in logs, not in errors.
package struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let text: String

    package init(_ text: String) { self.text = text }

    /// The key itself, for the one header that carries it.
    package func reveal() -> String { text }

    /// The text with the key taken out, should a server have echoed it.
    package func scrub(_ other: String) -> String {
        guard text.utf8.count >= 4, other.utf8.count >= text.utf8.count else { return other }
        var bytes: [UInt8] = []
        let haystack = Array(other.utf8)
        let needle = Array(text.utf8)
        var index = 0
        while index < haystack.count {
            if haystack[index...].starts(with: needle) {
                bytes += Array("[redacted]".utf8)
                index += needle.count
            } else {
                bytes.append(haystack[index])
                index += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    package var description: String { "[redacted]" }
    package var debugDescription: String { "[redacted]" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
