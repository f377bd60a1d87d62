package import JSON
import Primitives

/// A message with its place in the hash chain, and the exact bytes of its line.
///
/// Invariant: `line` is the encoded message whose last field is `hash`, and `hash` is the SHA-256 of the previous hash
/// followed by the line without that field. The bytes are kept as they were read, so a line written by a newer version
/// with fields we do not know still verifies.
package struct ChainedMessage: Sendable, Hashable {
    /// Held once, by the record, the flush that stored it and whoever remembers that flush.
    private let kept: Kept

    package var message: ConversationMessage { kept.message }
    /// Without the line feed.
    package var line: [UInt8] { kept.line }
    package var hash: String {
        String(decoding: line.suffix(Self.tail).dropFirst(Self.opening.count).dropLast(2), as: UTF8.self)
    }

    private static let hashLength = 64
    private static let opening: [UInt8] = Array(",\"hash\":\"".utf8)
    private static let closing: [UInt8] = Array("\"}".utf8)
    private static let tail = opening.count + hashLength + closing.count

    init(_ message: ConversationMessage, after previousHash: String) {
        let body = message.jsonBytes()
        // It stays as long as the conversation: none of it is room to grow.
        var line: [UInt8] = []
        line.reserveCapacity(body.count - 1 + Self.tail)
        line += body.dropLast()
        line += Self.opening
        line += Self.digest(body, after: previousHash).utf8
        line += Self.closing
        kept = Kept(message, line)
    }

    /// Reads a stored line; whether its hash is right is the business of `belongs(after:)`.
    package init(line: [UInt8]) throws(JSONError) {
        guard line.count > Self.tail, line.suffix(Self.tail).starts(with: Self.opening),
            line.suffix(2) == Self.closing[...]
        else { throw JSONError(offset: 0, message: "a line without its hash") }
        kept = Kept(try ConversationMessage(json: line), line)
    }

    /// Whether the line is unchanged since it was written after the line with that hash.
    package func belongs(after previousHash: String) -> Bool {
        let body = Array(line.dropLast(Self.tail)) + [UInt8(ascii: "}")]
        return Self.digest(body, after: previousHash) == hash
    }

    private static func digest(_ body: [UInt8], after previousHash: String) -> String {
        SHA256Digest.of(Array(previousHash.utf8) + body).hex
    }

    /// The message is what the line says.
    package static func == (one: Self, other: Self) -> Bool { one.kept === other.kept || one.line == other.line }
    package func hash(into hasher: inout Hasher) { hasher.combine(line) }

    private final class Kept: Sendable {
        let message: ConversationMessage
        let line: [UInt8]

        init(_ message: ConversationMessage, _ line: [UInt8]) {
            self.message = message
            self.line = line
        }
    }
}
