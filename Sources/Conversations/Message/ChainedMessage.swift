package import JSON
import Primitives

/// A message with its place in the hash chain, and the exact bytes of its line.
///
/// Invariant: `line` is the encoded message whose last field is `hash`, and `hash` is the SHA-256 of the previous hash
/// followed by the line without that field. The bytes are kept as they were read, so a line written by a newer version
/// with fields we do not know still verifies.
package struct ChainedMessage: Sendable, Hashable {
    package let message: ConversationMessage
    package let hash: String
    /// Without the line feed.
    package let line: [UInt8]

    private static let hashLength = 64
    private static let opening: [UInt8] = Array(",\"hash\":\"".utf8)
    private static let closing: [UInt8] = Array("\"}".utf8)

    init(_ message: ConversationMessage, after previousHash: String) {
        let body = message.jsonBytes()
        let hash = Self.digest(body, after: previousHash)
        self.message = message
        self.hash = hash
        // It stays as long as the conversation: none of it is room to grow.
        var line: [UInt8] = []
        line.reserveCapacity(body.count - 1 + Self.opening.count + Self.hashLength + Self.closing.count)
        line += body.dropLast()
        line += Self.opening
        line += hash.utf8
        line += Self.closing
        self.line = line
    }

    /// Reads a stored line; whether its hash is right is the business of `belongs(after:)`.
    package init(line: [UInt8]) throws(JSONError) {
        let tail = Self.opening.count + Self.hashLength + Self.closing.count
        guard line.count > tail, line.suffix(tail).starts(with: Self.opening), line.suffix(2) == Self.closing[...]
        else { throw JSONError(offset: 0, message: "a line without its hash") }
        message = try ConversationMessage(json: line)
        hash = String(decoding: line.suffix(tail).dropFirst(Self.opening.count).dropLast(2), as: UTF8.self)
        self.line = line
    }

    /// Whether the line is unchanged since it was written after the line with that hash.
    package func belongs(after previousHash: String) -> Bool {
        let tail = Self.opening.count + Self.hashLength + Self.closing.count
        let body = Array(line.dropLast(tail)) + [UInt8(ascii: "}")]
        return Self.digest(body, after: previousHash) == hash
    }

    private static func digest(_ body: [UInt8], after previousHash: String) -> String {
        SHA256Digest.of(Array(previousHash.utf8) + body).hex
    }
}
