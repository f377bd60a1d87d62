import JSON

/// One request and its answer, as they went over the wire.
struct Exchange: Sendable {
    var method: String
    /// Path and query.
    var target: String
    var isWatch = false
    var status = 0
    var warning: String?
    var retryAfter: String?
    var bytes: [UInt8] = []

    var json: JSONValue? { try? JSONValue(parsing: bytes) }

    /// The lines of a watch.
    var frames: [JSONValue] {
        bytes.split(separator: UInt8(ascii: "\n")).compactMap { try? JSONValue(parsing: Array($0)) }
    }
}
