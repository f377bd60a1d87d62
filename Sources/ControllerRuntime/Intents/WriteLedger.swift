package import KubernetesModel

/// Remembers, per reconciled key, the writes that the caches have not shown yet, and holds the key until they have:
/// a reconcile that does not see what the one before it wrote would write it again.
///
/// Invariants
/// - per key, one record per written object, the newest write of it;
/// - at most `recordLimit` records per key; beyond it the oldest goes, which costs at most one needless reconcile;
/// - no key is held longer than `cap` after its oldest unseen write.
package struct WriteLedger: Sendable {
    package enum Decision: Sendable, Hashable {
        case open
        /// Look again after this time, or when the cache changes.
        case hold(Duration)
        /// The cache seems stuck: read these from the server, then go on. They are forgotten here.
        case overdue([WrittenObject])
    }

    private struct Record: Sendable {
        var write: WrittenObject
        var at: Duration
    }

    private static var recordLimit: Int { 64 }
    /// Keys that are never looked at again, such as those of deleted objects, leave their records behind.
    private static var keyLimit: Int { 4_096 }

    private var records: [ObjectKey: [Record]] = [:]
    private let cap: Duration

    package init(cap: Duration = .seconds(3)) {
        self.cap = cap
    }

    package var heldKeys: Int { records.count }

    package mutating func record(_ write: WrittenObject, by key: ObjectKey, now: Duration) {
        if records.count >= Self.keyLimit {
            records = records.filter { $0.value.contains { now - $0.at < cap } }
        }
        var own = records.removeValue(forKey: key) ?? []
        own.removeAll { $0.write.type == write.type && $0.write.key == write.key }
        own.append(Record(write: write, at: now))
        if own.count > Self.recordLimit { own.removeFirst() }
        records[key] = own
    }

    /// What the key has written and the caches may not have shown; nil when there is nothing.
    package func writes(of key: ObjectKey) -> [WrittenObject]? { records[key]?.map(\.write) }

    /// When the oldest write will have waited for the whole cap; nil while there is none.
    package var nextDue: Duration? {
        records.values.lazy.compactMap { $0.map(\.at).min() }.min().map { $0 + cap }
    }

    /// Takes out what has waited for the whole cap: most of it the caches have shown long ago, and nobody looked.
    package mutating func takeOverdue(now: Duration) -> [(key: ObjectKey, write: WrittenObject)] {
        var overdue: [(key: ObjectKey, write: WrittenObject)] = []
        for (key, own) in records where own.contains(where: { now - $0.at >= cap }) {
            overdue += own.filter { now - $0.at >= cap }.map { (key, $0.write) }
            let rest = own.filter { now - $0.at < cap }
            records[key] = rest.isEmpty ? nil : rest
        }
        return overdue.sorted { ($0.key, $0.write.key) < ($1.key, $1.write.key) }
    }

    /// What to do with the key, of whose writes only `unseen` are not shown yet; kinds without a cache are never among
    /// them.
    package mutating func decide(_ key: ObjectKey, unseen: [WrittenObject], now: Duration) -> Decision {
        guard var own = records.removeValue(forKey: key) else { return .open }
        own.removeAll { !unseen.contains($0.write) }
        guard let oldest = own.map(\.at).min() else { return .open }
        let waited = now - oldest
        guard waited < cap else { return .overdue(own.map(\.write)) }
        records[key] = own
        // The change we wait for usually wakes the key by itself; this is for caches that nobody maps to it.
        return .hold(min(max(waited, .milliseconds(5)), .milliseconds(500), cap - waited))
    }
}
