import Primitives

/// A sealed part of a conversation, small enough for one ConfigMap.
package struct Segment: Sendable, Hashable {
    /// How the bytes of a segment are stored.
    package enum Encoding: String, Sendable, Hashable {
        /// `data["messages.jsonl"]`, readable with kubectl alone.
        case plain
        /// `binaryData["messages.jsonl.gz"]`. Reserved: nothing writes it yet, readers must refuse it by name.
        case gzip

        package var fileName: String {
            switch self {
            case .plain: "messages.jsonl"
            case .gzip: "messages.jsonl.gz"
            }
        }
    }

    package var firstSeq: Int
    package var count: Int
    package var encoding: Encoding
    package var bytes: [UInt8]
    package var sha256: String { SHA256Digest.of(bytes).hex }

    /// Fits a ConfigMap (1 MiB with everything in it) with room for metadata.
    package static let maximumBytes = 512 * 1024
}

extension ConversationRecord {
    /// The whole conversation in segments of at most `maximumBytes`, cut between messages.
    ///
    /// A line longer than that (the bounds of a message exclude it) gets a segment of its own.
    package func seal(maximumBytes: Int = Segment.maximumBytes) -> [Segment] {
        var segments: [Segment] = []
        for entry in entries {
            let size = entry.line.count + 1
            if var open = segments.last, open.bytes.count + size <= maximumBytes {
                segments.removeLast()
                open.count += 1
                open.bytes += entry.line
                open.bytes.append(UInt8(ascii: "\n"))
                segments.append(open)
            } else {
                segments.append(
                    Segment(
                        firstSeq: entry.message.seq, count: 1, encoding: .plain,
                        bytes: entry.line + [UInt8(ascii: "\n")]))
            }
        }
        return segments
    }
}
