import Primitives

/// Remembers what the server said it has.
///
/// Invariants: what is there is believed for ten minutes; what is not there for ten seconds, because the usual reason
/// to ask again is that somebody has just installed it.
final class Discovery: Sendable {
    private struct Entry {
        var resources: [APIResource]
        var until: Duration
    }

    static let presentFor = Duration.seconds(600)
    static let absentFor = Duration.seconds(10)
    /// No cluster has nearly so many; it only bounds the memory.
    private static let limit = 1_000

    private let time: any TimeSource
    private let entries = Locked([String: Entry]())

    init(time: any TimeSource) { self.time = time }

    func cached(_ apiVersion: String) -> [APIResource]? {
        let now = time.monotonicNow()
        return entries.withLock { entries in
            guard let entry = entries[apiVersion], now < entry.until else { return nil }
            return entry.resources
        }
    }

    func remember(_ apiVersion: String, _ resources: [APIResource]) {
        let until = time.monotonicNow() + (resources.isEmpty ? Self.absentFor : Self.presentFor)
        entries.withLock { entries in
            if entries.count >= Self.limit { entries.removeAll() }
            entries[apiVersion] = Entry(resources: resources, until: until)
        }
    }
}
