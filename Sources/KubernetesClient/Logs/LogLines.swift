/// Cuts a log into lines, however it was cut on the way.
///
/// Invariants: `start <= scanned <= bytes.count`, and no byte between the two is a line feed; no line is lost or joined with
/// another; one longer than `limit` comes in pieces of that length, so that what waits here is bounded.
struct LogLines: Sendable {
    private static let lineFeed = UInt8(ascii: "\n")

    private let limit: Int
    private var bytes: [UInt8] = []
    private var start = 0
    private var scanned = 0

    init(limit: Int = 64 << 10) { self.limit = max(1, limit) }

    mutating func append(_ piece: [UInt8]) {
        // Moving the rest to the front costs its length; do it only when that is not more than was freed.
        if start >= bytes.count - start {
            bytes.removeFirst(start)
            scanned -= start
            start = 0
        }
        bytes += piece
    }

    /// The next line without its ending; nil until more bytes come.
    mutating func next() -> [UInt8]? {
        // One more than the limit may be the ending of a line of just that length.
        let window = bytes[scanned...].prefix(start + limit + 1 - scanned)
        if let end = window.firstIndex(of: Self.lineFeed) { return take(end, ending: 1) }
        scanned = window.endIndex
        return scanned - start > limit ? take(start + limit, ending: 0) : nil
    }

    /// What is left at the end; nil when nothing is.
    mutating func finish() -> [UInt8]? { start < bytes.count ? take(bytes.count, ending: 0) : nil }

    private mutating func take(_ end: Int, ending: Int) -> [UInt8] {
        let line = Array(bytes[start..<end])
        start = end + ending
        scanned = start
        return line
    }
}
