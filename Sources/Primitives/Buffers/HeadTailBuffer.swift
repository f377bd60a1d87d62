/// Keeps the beginning and the end of a stream of any length.
///
/// Invariants: the head is the first `limit / 2` bytes; the tail never holds more than twice its share while bytes
/// arrive, and not more than its share in the result; kept and dropped bytes add up to what was appended.
package struct HeadTailBuffer: Sendable {
    private let headLimit: Int
    private let tailLimit: Int
    private var head: [UInt8] = []
    private var tail: [UInt8] = []
    private var cut = 0

    package init(limit: Int) {
        headLimit = max(0, limit) / 2
        tailLimit = max(0, limit) - headLimit
    }

    package mutating func append(_ bytes: some Collection<UInt8>) {
        let room = headLimit - head.count
        head += bytes.prefix(room)
        tail += bytes.dropFirst(room)
        // Trimming in batches keeps the cost per byte constant.
        if tail.count > 2 * tailLimit { trim() }
    }

    /// The bytes kept and the number of those left out between head and tail.
    package consuming func finish() -> (bytes: [UInt8], dropped: Int) {
        if tail.count > tailLimit { trim() }
        return (head + tail, cut)
    }

    private mutating func trim() {
        let surplus = tail.count - tailLimit
        tail.removeFirst(surplus)
        cut += surplus
    }
}
