internal import HTTP

/// Collects the head of a response from libcurl's header lines.
///
/// Invariant: once `isComplete`, nothing changes any more; later lines are trailers and are dropped. Interim responses (1xx)
/// leave no trace. At most `limit` bytes of head are kept.
struct ResponseHead {
    static let limit = 256 << 10

    private(set) var status = 0
    private(set) var headers = HTTPHeaders()
    private(set) var isComplete = false
    private var size = 0

    /// Whether the line was acceptable.
    mutating func add(_ line: UnsafeRawBufferPointer) -> Bool {
        guard !isComplete else { return true }
        size += line.count
        guard size <= Self.limit else { return false }
        let text = String(decoding: line, as: UTF8.self)
        if text.hasPrefix("HTTP/") { return begin(text) }
        let content = text.drop { $0 == " " }.prefix { $0 != "\r" && $0 != "\n" && $0 != "\r\n" }
        if content.isEmpty { return end() }
        guard let colon = content.firstIndex(of: ":") else { return false }
        let value = content[content.index(after: colon)...]
        headers.add(String(content[..<colon]), Self.trimmed(value))
        return true
    }

    private mutating func begin(_ line: String) -> Bool {
        let parts = line.split(separator: " ", maxSplits: 2)
        guard parts.count >= 2, let code = Int(parts[1].prefix { $0.isNumber }), (100...999).contains(code) else {
            return false
        }
        status = code
        headers = HTTPHeaders()
        return true
    }

    private mutating func end() -> Bool {
        guard status != 0 else { return false }
        // 101 is final for us: only a WebSocket may ask for it, and that has a handshake of its own.
        isComplete = status >= 200 || status == 101
        return true
    }

    private static func trimmed(_ text: Substring) -> String {
        let start = text.drop { $0 == " " || $0 == "\t" }
        guard let last = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
        return String(start[...last])
    }
}
