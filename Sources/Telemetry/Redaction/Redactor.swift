internal import Primitives

/// Takes secrets out of text before it is logged, stored or sent to a model.
///
/// Knows two kinds: texts that look like a credential (`SecretShape`), and values registered as secret because
/// this process has read them, also in their base64 form.
package final class Redactor: Sendable {
    /// What stands where a secret was.
    package static let mark = "[redacted]"
    /// Shorter values are not registered: replacing every "on" or "1234" would destroy text and hide nothing.
    package static let shortestSecret = 8

    private let secrets = Locked<[String: Int]>([:])

    package init() {}

    /// Holds the value secret until it has been unregistered as often as it was registered.
    package func register(secret: String) {
        guard secret.utf8.count >= Self.shortestSecret else { return }
        secrets.withLock { $0[secret, default: 0] += 1 }
    }

    package func unregister(secret: String) {
        secrets.withLock { secrets in
            guard let count = secrets[secret] else { return }
            secrets[secret] = count > 1 ? count - 1 : nil
        }
    }

    package func redact(_ text: String) -> String {
        redact(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) } ?? text
    }

    /// The bytes without secrets, or `nil` when there were none.
    package func redact(_ bytes: [UInt8]) -> [UInt8]? {
        var result = bytes
        var isChanged = false
        // Longest first, so that a secret that contains another is taken out whole.
        let values = secrets.withLock { Array($0.keys) }.sorted { $0.utf8.count > $1.utf8.count }
        for value in values {
            for form in [Array(value.utf8), Array(Base64.encode(Array(value.utf8)).utf8)] {
                if let replaced = Self.replace(form, in: result) {
                    result = replaced
                    isChanged = true
                }
            }
        }
        if let replaced = Self.replaceShapes(in: result) {
            result = replaced
            isChanged = true
        }
        return isChanged ? result : nil
    }

    private static func replace(_ secret: [UInt8], in bytes: [UInt8]) -> [UInt8]? {
        guard let first = secret.first, bytes.count >= secret.count else { return nil }
        var result: [UInt8] = []
        var copied = 0
        var index = 0
        while index + secret.count <= bytes.count {
            if bytes[index] == first, bytes[index..<index + secret.count].elementsEqual(secret) {
                result += bytes[copied..<index]
                result += Self.mark.utf8
                index += secret.count
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
