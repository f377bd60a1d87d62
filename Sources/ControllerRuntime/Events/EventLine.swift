internal import Primitives

/// The writes of Events that are due, and when the next of them may be sent; pure.
///
/// A server that throttles throttles everybody, so what it asks for is waited for once, by the whole line. The one it did
/// not want then goes behind all others: the limit may be its namespace's or its source's alone.
///
/// Invariants
/// - a write comes after every earlier one of the same Event;
/// - of one Event at most one creation and one count stand in line: a count replaces the one before it;
/// - nothing is sent before the time the server asked for is over;
/// - a write is tried `attempts` times at most.
struct EventLine: Sendable {
    /// A note as it was recorded.
    struct Entry: Sendable {
        var note: EventNote
        var wall: Timestamp
        var at: Duration
    }

    struct Item: Sendable {
        var write: EventSeriesBook.Write
        /// Begins a new Event where the one to be patched is gone.
        var entry: Entry?
        var failures = 0

        fileprivate var isCount: Bool { if case .patch = write { true } else { false } }
    }

    /// As client-go.
    static let attempts = 12
    private static let retryPolicy = RetryPolicy(initial: .milliseconds(500), cap: .seconds(10), jitter: 0.5)

    private var items: [Item] = []
    private var failuresInARow = 0
    /// The server's own word.
    private var askedUntil = Duration.zero
    /// Ours, where it has said nothing.
    private var restsUntil = Duration.zero

    var count: Int { items.count }
    var isEmpty: Bool { items.isEmpty }

    mutating func add(_ write: EventSeriesBook.Write, of entry: Entry? = nil) {
        let item = Item(write: write, entry: entry)
        if item.isCount, let before = items.firstIndex(where: { $0.isCount && $0.write.key == write.key }) {
            items[before].write = write
            items[before].entry = entry ?? items[before].entry
        } else {
            items.append(item)
        }
    }

    /// How long nothing may be sent; who is closing keeps to the server's word alone.
    func wait(now: Duration, isClosing: Bool) -> Duration {
        max((isClosing ? askedUntil : max(askedUntil, restsUntil)) - now, .zero)
    }

    /// The next one; what became of it is to be said before anything is added.
    mutating func take() -> Item? { items.isEmpty ? nil : items.removeFirst() }

    /// The server has answered in earnest, with yes or with no.
    mutating func wasAnswered() { failuresInARow = 0 }

    /// Puts the write at the end of the line; false when it has been tried often enough.
    ///
    /// `asked` is how long the server wants to be left alone.
    mutating func failed(
        _ item: Item, asked: Duration?, now: Duration, using random: inout some RandomNumberGenerator
    ) -> Bool {
        failuresInARow += 1
        // A server in need that says "at once" would be sent all of them in one go; one that names a time is believed.
        let rest = Self.retryPolicy.delay(failures: asked == nil ? failuresInARow : 1, using: &random)
        restsUntil = now + rest
        if let asked { askedUntil = now + min(max(asked, rest), RetryPolicy.longestThrottle) }
        var item = item
        item.failures += 1
        guard item.failures < Self.attempts else { return false }
        putBack(item)
        return true
    }

    /// At the end of the line, with all that has to come after it.
    mutating func putBack(_ item: Item) {
        let followers = items.filter { $0.write.key == item.write.key }
        if !followers.isEmpty { items.removeAll { $0.write.key == item.write.key } }
        items.append(item)
        items += followers
    }
}
