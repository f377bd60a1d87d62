/// Cuts a byte stream into server-sent events (WHATWG HTML, section 9.2.6).
///
/// A lone CR as a line ending is not recognised: no provider sends it and it would cost a byte of delay.
package struct ServerSentEventSplitter: Sendable {
    package struct Event: Sendable, Hashable {
        package var name: String
        package var data: String
        package var id: String?

        package init(name: String, data: String, id: String?) {
            self.name = name
            self.data = data
            self.id = id
        }
    }

    package typealias TooLong = LineSplitter.LineTooLong

    private let limit: Int
    private var lines: LineSplitter
    private var isFirstLine = true
    private var name = ""
    private var data: [UInt8]?
    private var lastID: String?

    /// - Parameter limit: most bytes of data in one event, and in one line.
    package init(limit: Int) {
        self.limit = limit
        lines = LineSplitter(limit: limit)
    }

    package mutating func append(_ piece: [UInt8]) {
        lines.append(piece)
    }

    /// The next complete event, or `nil` until more bytes are appended.
    ///
    /// An event that the end of the stream cuts off is discarded, as the standard demands.
    package mutating func next() throws(TooLong) -> Event? {
        while let line = try lines.next() {
            if line.isEmpty {
                if let event = dispatch() { return event }
            } else {
                try take(line[...])
            }
        }
        return nil
    }

    private mutating func take(_ whole: ArraySlice<UInt8>) throws(TooLong) {
        var line = whole
        if isFirstLine, line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
        isFirstLine = false
        let colon = line.firstIndex(of: UInt8(ascii: ":"))
        let field = line[..<(colon ?? line.endIndex)]
        var value = colon.map { line[($0 + 1)...] } ?? []
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        switch String(decoding: field, as: UTF8.self) {
        case "data":
            guard (data?.count ?? 0) + value.count < limit else { throw TooLong(limit: limit) }
            // In place: a copy for each line would take time that grows with the square of the event.
            if data == nil { data = [] } else { data?.append(UInt8(ascii: "\n")) }
            data?.append(contentsOf: value)
        case "event": name = String(decoding: value, as: UTF8.self)
        case "id" where !value.contains(0): lastID = String(decoding: value, as: UTF8.self)
        default: break  // comments, `retry`, and fields that do not exist
        }
    }

    private mutating func dispatch() -> Event? {
        defer {
            data = nil
            name = ""
        }
        isFirstLine = false
        guard let data else { return nil }
        return Event(
            name: name.isEmpty ? "message" : name, data: String(decoding: data, as: UTF8.self), id: lastID)
    }
}
