package import KubernetesModel

/// Remembers, per reconciled key, the writes that the caches have not shown yet, and holds the key until they have:
/// a reconcile that does not see what the one before it wrote would write it again.
///
/// Invariants
/// - per key, one record per written object, the newest write of it;
/// - at most `recordLimit` records per key; beyond it the oldest goes, which costs at most one needless reconcile;
/// - no key is held longer than `cap` after its oldest unseen write and the read that the cap leads to;
/// - a record goes when its write is shown or has been read, and one that is being read is read by nobody else.
package struct WriteLedger: Sendable {
    package enum Decision: Sendable, Hashable {
        case open
        /// Look again after this time, or when the cache changes.
        case hold(Duration)
        /// The cache seems stuck: read these from the server, say so to `hasRead`, then go on.
        case overdue([WrittenObject])
    }

    private struct Record: Sendable {
        var write: WrittenObject
        /// When the object was first written without being shown since, or was last read in vain.
        var at: Duration
        var isBeingRead = false
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

    /// With `goesOn` an earlier write of the same object is not shown either: the wait counts from it.
    package mutating func record(_ write: WrittenObject, by key: ObjectKey, now: Duration, goesOn: Bool = false) {
        if records.count >= Self.keyLimit {
            records = records.filter { $0.value.contains { now - $0.at < cap } }
        }
        var own = records.removeValue(forKey: key) ?? []
        let earlier = own.firstIndex { $0.write.isSameObject(as: write) }.map { own.remove(at: $0) }
        own.append(Record(write: write, at: goesOn ? earlier?.at ?? now : now))
        if own.count > Self.recordLimit { own.removeFirst() }
        records[key] = own
    }

    /// What the key has written and the caches may not have shown; nil when there is nothing.
    package func writes(of key: ObjectKey) -> [WrittenObject]? { records[key]?.map(\.write) }

    /// When the oldest write will have waited for the whole cap; nil while there is none, or all are being read.
    package var nextDue: Duration? {
        records.values.lazy.flatMap { $0 }.filter { !$0.isBeingRead }.map(\.at).min().map { $0 + cap }
    }

    /// What has waited for the whole cap, to be read and told to `hasRead`, the longest wait first and at most `limit`; most
    /// of it the caches have shown long ago, and nobody looked.
    ///
    /// What is not among them is left to whoever looks at its key.
    package mutating func startReading(now: Duration, limit: Int) -> [(key: ObjectKey, write: WrittenObject)] {
        var overdue: [(at: Duration, key: ObjectKey, write: WrittenObject)] = []
        for (key, own) in records {
            overdue += own.filter { isOverdue($0, now) }.map { ($0.at, key, $0.write) }
        }
        overdue.sort { ($0.at, $0.key, $0.write.key) < ($1.at, $1.key, $1.write.key) }
        return overdue.prefix(limit).map { _, key, write in
            for index in records[key]?.indices ?? 0..<0 where records[key]?[index].write == write {
                records[key]?[index].isBeingRead = true
            }
            return (key, write)
        }
    }

    /// A write that could not be read is waited for again, for another cap; one that has been replaced meanwhile stays.
    package mutating func hasRead(_ write: WrittenObject, by key: ObjectKey, successfully: Bool, now: Duration) {
        guard var own = records.removeValue(forKey: key) else { return }
        if let index = own.firstIndex(where: { $0.write == write }) {
            if successfully {
                own.remove(at: index)
            } else {
                own[index].at = now
                own[index].isBeingRead = false
            }
        }
        if !own.isEmpty { records[key] = own }
    }

    private func isOverdue(_ record: Record, _ now: Duration) -> Bool { !record.isBeingRead && now - record.at >= cap }

    /// What to do with the key, of whose writes only `unseen` are not shown yet; kinds without a cache are never among
    /// them.
    package mutating func decide(_ key: ObjectKey, unseen: [WrittenObject], now: Duration) -> Decision {
        guard var own = records.removeValue(forKey: key) else { return .open }
        own.removeAll { !unseen.contains($0.write) }
        guard let oldest = own.map(\.at).min() else { return .open }
        defer { records[key] = own }
        let waited = now - oldest
        guard waited < cap else {
            // Somebody else's read is on its way; the change it brings wakes the key.
            guard own.allSatisfy({ !$0.isBeingRead }) else { return .hold(.milliseconds(50)) }
            for index in own.indices { own[index].isBeingRead = true }
            return .overdue(own.map(\.write))
        }
        // The change we wait for usually wakes the key by itself; this is for caches that nobody maps to it.
        return .hold(min(max(waited, .milliseconds(5)), .milliseconds(500), cap - waited))
    }
}
