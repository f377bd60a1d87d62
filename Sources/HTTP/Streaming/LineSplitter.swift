/// Cuts a byte stream into lines, however the stream was cut into pieces.
///
/// Works on bytes, so a character split over two pieces comes out whole. Lines end in LF or CRLF.
/// Invariants: `consumed <= scanned <= buffer.count`; no byte between `consumed` and `scanned` is LF.
package struct LineSplitter: Sendable {
    package struct LineTooLong: Error, Sendable, Hashable {
        package let limit: Int
    }

    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    private let limit: Int
    private var buffer: [UInt8] = []
    private var consumed = 0
    private var scanned = 0

    /// - Parameter limit: most bytes in one line, its ending not counted.
    package init(limit: Int) {
        self.limit = limit
    }

    package mutating func append(_ piece: [UInt8]) {
        if consumed == buffer.count {
            buffer = piece
            (consumed, scanned) = (0, 0)
            return
        }
        // Moving the rest to the front costs its length; do it only when that is not more than was freed.
        if consumed >= buffer.count - consumed {
            buffer.removeFirst(consumed)
            scanned -= consumed
            consumed = 0
        }
        buffer += piece
    }

    /// The next complete line without its ending, or `nil` until more bytes are appended.
    package mutating func next() throws(LineTooLong) -> [UInt8]? {
        guard let end = buffer[scanned...].firstIndex(of: Self.lineFeed) else {
            scanned = buffer.count
            // One more than the limit may be the CR of an ending whose LF is still to come.
            guard scanned - consumed <= limit + 1 else { throw LineTooLong(limit: limit) }
            return nil
        }
        let line = trimmed(buffer[consumed..<end])
        consumed = end + 1
        scanned = consumed
        guard line.count <= limit else { throw LineTooLong(limit: limit) }
        return Array(line)
    }

    /// What is left when the stream has ended: a last line without an ending, or `nil`.
    package mutating func finish() -> [UInt8]? {
        defer {
            buffer = []
            (consumed, scanned) = (0, 0)
        }
        let rest = trimmed(buffer[consumed...])
        return rest.isEmpty ? nil : Array(rest)
    }

    private func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        line.last == Self.carriageReturn ? line.dropLast() : line
    }
}
