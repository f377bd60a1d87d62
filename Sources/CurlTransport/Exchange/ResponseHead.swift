internal import HTTP

/// Collects the head of a response from libcurl's header lines.
///
/// Invariant: once `isComplete`, nothing changes any more; later lines are trailers and are dropped. Interim responses (1xx)
/// leave no trace. At most `limit` bytes of head are kept.
struct ResponseHead {
    static let limit = 256 << 10
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")
    private static let space = UInt8(ascii: " ")
    private static let tab = UInt8(ascii: "\t")

    private(set) var status = 0
    private(set) var headers = HTTPHeaders()
    private(set) var isComplete = false
    private var size = 0

    /// Whether the line was acceptable.
    mutating func add(_ line: UnsafeRawBufferPointer) -> Bool {
        guard !isComplete else { return true }
        size += line.count
        guard size <= Self.limit else { return false }
        var content = line[...]
        if content.last == Self.lineFeed { content.removeLast() }
        if content.last == Self.carriageReturn { content.removeLast() }
        if content.starts(with: "HTTP/".utf8) { return begin(content) }
        if content.isEmpty { return end() }
        guard let colon = content.firstIndex(of: UInt8(ascii: ":")), colon > content.startIndex else { return false }
        let name = content[..<colon]
        // Folded lines and names with spaces mean different things to different readers (RFC 9112, 5.1 and 5.2).
        guard name.allSatisfy({ $0 > Self.space && $0 < 0x7F }) else { return false }
        headers.add(Self.text(name), Self.text(Self.trimmed(content[content.index(after: colon)...])))
        return true
    }

    private mutating func begin(_ line: Slice<UnsafeRawBufferPointer>) -> Bool {
        let digits = line.drop { $0 != Self.space }.drop { $0 == Self.space }.prefix { (0x30...0x39).contains($0) }
        guard digits.count == 3 else { return false }
        let code = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        guard code >= 100 else { return false }
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

    private static func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
        var rest = bytes.drop { $0 == space || $0 == tab }
        while let last = rest.last, last == space || last == tab { rest.removeLast() }
        return rest
    }

    private static func text(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        String(decoding: UnsafeRawBufferPointer(rebasing: bytes), as: UTF8.self)
    }
}
