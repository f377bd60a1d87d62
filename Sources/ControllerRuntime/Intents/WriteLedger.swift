package import KubernetesModel

/// Remembers, per reconciled key, the writes that the caches have not shown yet, and holds the key until they have:
/// a reconcile that does not see what the one before it wrote would write it again.
///
/// Invariants
/// - per key, one record per written object, the newest write of it;
/// - at most `recordLimit` records per key; beyond it the oldest goes, which costs at most one needless reconcile;
/// - at most `keyLimit` keys, and what is being read besides; beyond it those go that have waited longest, which mostly were shown
///   long ago and never looked at again;
/// - no key is held longer than `holdLimit` after its oldest unseen write and one read of it: where even reads do not come
///   back, the preconditions of the next write have to do;
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
        /// When the object was first written without being shown since.
        var at: Duration
        /// When it is to be read.
        var due: Duration
        var vainReads = 0
        var isBeingRead = false
    }

    private static var recordLimit: Int { 64 }
    /// Keys that are never looked at again, such as those of deleted objects, leave their records behind until they are read.
    package static var keyLimit: Int { 4_096 }
    /// Many at a time, since each time all are looked through.
    private static var dropped: Int { keyLimit / 8 }
    /// Between reads in vain, which come further and further apart.
    private static var longestPause: Duration { .seconds(30) }

    private var records: [ObjectKey: [Record]] = [:]
    private let cap: Duration
    private let holdLimit: Duration

    package init(cap: Duration = .seconds(3), holdLimit: Duration = .seconds(30)) {
        self.cap = cap
        self.holdLimit = holdLimit
    }

    package var heldKeys: Int { records.count }

    /// With `goesOn` an earlier write of the same object is not shown either: the wait counts from it.
    ///
    /// - Returns: how many other keys were let go for it, their writes unread.
    @discardableResult
    package mutating func record(
        _ write: WrittenObject, by key: ObjectKey, now: Duration, goesOn: Bool = false
    ) -> Int {
        let letGo = records[key] == nil && records.count >= Self.keyLimit ? dropOldest() : 0
        var own = records.removeValue(forKey: key) ?? []
        let earlier = own.firstIndex { $0.write.isSameObject(as: write) }.map { own.remove(at: $0) }
        var record = Record(write: write, at: now, due: now + cap)
        if goesOn, let earlier {
            (record.at, record.due, record.vainReads) = (earlier.at, earlier.due, earlier.vainReads)
        }
        own.append(record)
        if own.count > Self.recordLimit { own.removeFirst() }
        records[key] = own
        return letGo
    }

    private mutating func dropOldest() -> Int {
        let droppable = records.filter { !$0.value.contains(where: \.isBeingRead) }
        let oldest = droppable.map { (at: $0.value.map(\.at).min() ?? .zero, key: $0.key) }
            .sorted { ($0.at, $0.key) < ($1.at, $1.key) }.prefix(Self.dropped)
        for (_, key) in oldest { records[key] = nil }
        return oldest.count
    }

    /// What the key has written and the caches may not have shown; nil when there is nothing.
    package func writes(of key: ObjectKey) -> [WrittenObject]? { records[key]?.map(\.write) }

    /// When the next write is to be read; nil while there is none, or all are being read.
    package var nextDue: Duration? {
        records.values.lazy.flatMap { $0 }.filter { !$0.isBeingRead }.map(\.due).min()
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

    /// A write that could not be read is waited for again, for another cap and longer each time; one that has been replaced
    /// meanwhile stays.
    package mutating func hasRead(_ write: WrittenObject, by key: ObjectKey, successfully: Bool, now: Duration) {
        guard var own = records.removeValue(forKey: key) else { return }
        if let index = own.firstIndex(where: { $0.write == write }) {
            if successfully {
                own.remove(at: index)
            } else {
                own[index].due = now + pause(after: own[index].vainReads)
                own[index].vainReads += 1
                own[index].isBeingRead = false
            }
        }
        if !own.isEmpty { records[key] = own }
    }

    private func isOverdue(_ record: Record, _ now: Duration) -> Bool { !record.isBeingRead && record.due <= now }

    private func pause(after vainReads: Int) -> Duration {
        min(cap * (1 << min(vainReads, 16)), max(cap, Self.longestPause))
    }

    /// What to do with the key, of whose writes only `unseen` are not shown yet; kinds without a cache are never among
    /// them.
    package mutating func decide(_ key: ObjectKey, unseen: [WrittenObject], now: Duration) -> Decision {
        guard var own = records.removeValue(forKey: key) else { return .open }
        own.removeAll { !unseen.contains($0.write) }
        guard let oldest = own.map(\.at).min(), let due = own.map(\.due).min() else { return .open }
        defer { records[key] = own }
        let waited = now - oldest
        // What was never read is, once, however late somebody looks.
        let isHopeless = waited >= holdLimit && !own.contains { isOverdue($0, now) && $0.vainReads == 0 }
        guard !isHopeless else { return .open }
        guard now < due else {
            // Somebody else's read is on its way; the change it brings wakes the key.
            guard own.allSatisfy({ !$0.isBeingRead }) else { return .hold(.milliseconds(50)) }
            for index in own.indices { own[index].isBeingRead = true }
            return .overdue(own.map(\.write))
        }
        // The change we wait for usually wakes the key by itself; this is for caches that nobody maps to it.
        return .hold(min(max(waited, .milliseconds(5)), .milliseconds(500), due - now, holdLimit - waited))
    }
}
