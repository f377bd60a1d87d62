package import Primitives

/// Lines of a conversation as they lie in a ConfigMap.
///
/// Hashes, the chain and the digests of the index are those of the lines, never of what they were compressed to: another zlib
/// may make other bytes of the same lines.
package struct StoredLines: Sendable, Hashable {
    package enum Encoding: String, Sendable, Hashable, CaseIterable {
        /// `data["messages.jsonl"]`: every flush, and what does not get smaller.
        case plain
        /// `binaryData["messages.jsonl.gz"]`.
        case gzip

        package var fileName: String {
            switch self {
            case .plain: "messages.jsonl"
            case .gzip: "messages.jsonl.gz"
            }
        }
    }

    package let encoding: Encoding
    package let bytes: [UInt8]

    /// As they were found.
    package init(_ encoding: Encoding, _ bytes: [UInt8]) {
        self.encoding = encoding
        self.bytes = bytes
    }

    /// Compressed if that is smaller also on its way, where it goes as base64.
    package init(compressing lines: [UInt8]) {
        do {
            let compressed = try Gzip.compress(lines)
            if (compressed.count + 2) / 3 * 4 < lines.count {
                self.init(.gzip, compressed)
                return
            }
        } catch {
            // They are stored all the same.
        }
        self.init(.plain, lines)
    }

    /// The lines themselves: no more than a ConfigMap may hold uncompressed, whatever was put into it.
    package func lines() throws(GzipError) -> [UInt8] {
        switch encoding {
        case .plain: bytes
        case .gzip: try Gzip.decompress(bytes, limit: Self.maximumBytes)
        }
    }

    /// Of the lines of one ConfigMap; the server's own bound for the whole object.
    package static let maximumBytes = 1 << 20
}
