import Primitives

/// A sealed part of a conversation, small enough for one ConfigMap.
package struct Segment: Sendable, Hashable {
    package var firstSeq: Int
    package var count: Int
    /// Its lines, however they are stored.
    package var bytes: [UInt8]
    package var sha256: String { SHA256Digest.of(bytes).hex }

    /// Fits a ConfigMap (1 MiB with everything in it) with room for metadata.
    package static let maximumBytes = 512 * 1024
}

extension ConversationRecord {
    /// The conversation from message `first` on in segments of at most `maximumBytes`, cut between messages.
    ///
    /// A line longer than that (the bounds of a message exclude it) gets a segment of its own.
    package func seal(from first: Int = 1, maximumBytes: Int = Segment.maximumBytes) -> [Segment] {
        var segments: [Segment] = []
        for entry in entries where entry.message.seq >= first {
            let size = entry.line.count + 1
            if var open = segments.last, open.bytes.count + size <= maximumBytes {
                segments.removeLast()
                open.count += 1
                open.bytes += entry.line
                open.bytes.append(UInt8(ascii: "\n"))
                segments.append(open)
            } else {
                segments.append(
                    Segment(firstSeq: entry.message.seq, count: 1, bytes: entry.line + [UInt8(ascii: "\n")]))
            }
        }
        return segments
    }
}
