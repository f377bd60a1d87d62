internal import Primitives

/// Takes secrets out of text before it is logged, stored or sent to a model.
///
/// Knows two kinds: texts that look like a credential (`SecretShape`), and values registered as secret because
/// this process has read them, also in other forms (`SecretForms`) and broken over lines. Who takes a secret apart on purpose
/// (letter by letter, enciphered, compressed) is not seen through.
package final class Redactor: Sendable {
    /// What stands where a secret was.
    package static let mark = "[redacted]"
    /// Shorter values are not registered: replacing every "on" or "1234" would destroy text and hide nothing.
    package static let shortestSecret = 8

    private struct State {
        var counts: [String: Int] = [:]
        /// Made when a secret comes or goes: far more seldom than text passes.
        var matcher = SecretMatcher()

        mutating func compile() { matcher = SecretMatcher(counts.keys.flatMap(SecretForms.of)) }
    }

    private let state = Locked(State())

    package init() {}

    /// Holds the value secret until it has been unregistered as often as it was registered.
    package func register(secret: String) {
        guard secret.utf8.count >= Self.shortestSecret else { return }
        state.withLock { state in
            state.counts[secret, default: 0] += 1
            if state.counts[secret] == 1 { state.compile() }
        }
    }

    package func unregister(secret: String) {
        state.withLock { state in
            guard let count = state.counts[secret] else { return }
            state.counts[secret] = count > 1 ? count - 1 : nil
            if count == 1 { state.compile() }
        }
    }

    package func redact(_ text: String) -> String {
        redact(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) } ?? text
    }

    /// The bytes without secrets, or `nil` when there were none.
    package func redact(_ bytes: [UInt8]) -> [UInt8]? {
        var result = bytes
        var isChanged = false
        let matcher = state.withLock { $0.matcher }
        if !matcher.isEmpty, let replaced = Self.replace(matcher, in: result) {
            result = replaced
            isChanged = true
        }
        if let replaced = Self.replaceShapes(in: result) {
            result = replaced
            isChanged = true
        }
        return isChanged ? result : nil
    }

    private static func replace(_ matcher: SecretMatcher, in bytes: [UInt8]) -> [UInt8]? {
        var result: [UInt8] = []
        var copied = 0
        var index = 0
        while index < bytes.count {
            if let end = matcher.end(in: bytes, at: index) {
                result += bytes[copied..<index]
                result += Self.mark.utf8
                index = end
                copied = index
            } else {
                index += 1
            }
        }
        return copied == 0 ? nil : result + bytes[copied...]
    }

    private static func replaceShapes(in bytes: [UInt8]) -> [UInt8]? {
        var result: [UInt8] = []
        var copied = 0
        var index = 0
        var shapes = SecretShape(bytes)
        while index < bytes.count {
            if let range = shapes.match(at: index) {
                result += bytes[copied..<range.lowerBound]
                result += Self.mark.utf8
                index = range.upperBound
                copied = index
            } else {
                index += 1
            }
        }
        return copied == 0 ? nil : result + bytes[copied...]
    }
}
