package import KubernetesModel

/// The objects of one kind as of one version, and beside them the list that is being read.
///
/// Invariants
/// - per key the version shown never goes back, whoever offers an object: the watch or a live read. The one exception
///   is a list that is older than the contents: the server's data was restored, and what it says now is the truth;
/// - what the watch has seen go, or a live read has not found, is shown again only as of a later version;
/// - what is staged is not shown until `commit`, and then all of it at once;
/// - what a list says about an object that is shown as it is takes no memory: `seen` marks its slot;
/// - `indexed` holds for each index and value exactly the slots whose present row draws that value;
/// - `isSynced` is set by the first whole list and stays.
package struct StoreContents<Row: Sendable>: Sendable {
    package typealias Change = StoreChange<Row>

    /// What a list has changed.
    package enum Commit: Sendable {
        /// Nothing was shown before: every entry is new. They are not listed one by one, which would hold them twice.
        case everything
        case changes([Change])
    }

    private var table = RowTable<Row>()
    private var staged = RowTable<Row>()
    private var seen = SlotSet()
    private var indexed: [[String: Set<UInt32>]]
    private let indexes: [StoreIndex<Row>]
    private var namespaced: [String: Set<UInt32>] = [:]
    private var absences = AbsenceBook()
    package private(set) var isSynced = false
    /// The version of the kind that the contents have reached; empty before the first list.
    package private(set) var version = ""

    package init(indexes: [StoreIndex<Row>] = []) {
        self.indexes = indexes
        indexed = Array(repeating: [:], count: indexes.count)
    }

    // MARK: Reading

    package var count: Int { table.count }
    package var slotCount: Int { table.slotCount }
    package subscript(key: ObjectKey) -> Row? { table.slot(of: key).flatMap { table.row(at: $0) } }
    package func identity(of key: ObjectKey) -> ObjectIdentity? {
        table.slot(of: key).flatMap { table.identity(at: $0) }
    }
    package func entry(of key: ObjectKey) -> StoreEntry<Row>? { table.slot(of: key).flatMap { table.entry(at: $0) } }
    /// Nil for a slot that is free.
    package func entry(at slot: Int) -> StoreEntry<Row>? { table.entry(at: slot) }
    package var keys: [ObjectKey] { table.sortedSlots.map { table.key(at: $0) } }
    package var tableBytes: Int { table.bytes + staged.bytes }

    /// In the order of the keys.
    package var all: [Row] { table.sortedSlots.compactMap { table.row(at: $0) } }

    package func all(namespace: String) -> [Row] { rows(namespaced[namespace]) }

    /// Empty for an index that was not declared.
    package func all(index name: String, value: String) -> [Row] {
        guard let position = indexes.firstIndex(where: { $0.name == name }) else { return [] }
        return rows(indexed[position][value])
    }

    private func rows(_ slots: Set<UInt32>?) -> [Row] {
        guard let slots else { return [] }
        return slots.sorted { table.key(at: Int($0)) < table.key(at: Int($1)) }.compactMap { table.row(at: Int($0)) }
    }

    // MARK: A whole list

    /// Begins to read a list; what was staged before is forgotten.
    package mutating func beginStage() {
        staged = RowTable()
        seen = SlotSet()
    }

    package mutating func stage(_ entry: StoreEntry<Row>) {
        if let slot = table.slot(of: entry.key), let shown = table.identity(at: slot),
            shown.resourceVersion == entry.resourceVersion, shown.uid == entry.uid
        {
            seen.insert(slot)
            if let staged = staged.slot(of: entry.key) { self.staged.remove(at: staged) }
        } else {
            staged.put(entry)
        }
    }

    /// The object went away while the list was read.
    package mutating func unstage(_ key: ObjectKey) {
        if let slot = staged.slot(of: key) { staged.remove(at: slot) }
        if let slot = table.slot(of: key) { seen.remove(slot) }
    }

    /// Shows what was staged, all at once.
    ///
    /// Every difference is reported, and every object that is missing from it as gone.
    package mutating func commit(version newVersion: String) -> Commit {
        defer {
            beginStage()
            version = newVersion
            absences.forget(upTo: version)
            isSynced = true
        }
        let wasRestored = ResourceVersion.isNewer(version, than: newVersion)
        if wasRestored { absences = AbsenceBook() }
        guard table.count > 0 else {
            unstageWhatIsAbsent()
            table = staged
            reindex()
            return .everything
        }
        var changes: [Change] = []
        for slot in 0..<table.slotCount where !seen.contains(slot) {
            guard let shown = table.identity(at: slot) else { continue }
            let key = table.key(at: slot)
            // A live read may have shown what was made after this list.
            guard wasRestored || !shown.isNewer(than: newVersion), staged.slot(of: key) == nil else { continue }
            let old = hide(at: slot)
            changes.append(
                Change(key: key, old: old, new: nil, origin: .list, resourceVersion: shown.resourceVersion))
        }
        for slot in 0..<staged.slotCount {
            guard let entry = staged.entry(at: slot) else { continue }
            staged.remove(at: slot)
            if let change = show(entry, origin: .list, evenIfOlder: wasRestored) { changes.append(change) }
        }
        return .changes(changes.sorted { $0.key < $1.key })
    }

    /// Of keys that were read after the list was made, and not found.
    private mutating func unstageWhatIsAbsent() {
        for key in absences.keys {
            guard let slot = staged.slot(of: key), let listed = staged.identity(at: slot),
                absences.covers(key, listed.resourceVersion)
            else { continue }
            staged.remove(at: slot)
        }
    }

    // MARK: One object

    /// Nil when what is shown is as new or newer.
    package mutating func upsert(_ entry: StoreEntry<Row>) -> Change? {
        advance(to: entry.resourceVersion)
        return show(entry, origin: .live)
    }

    /// The version is that of the deletion.
    ///
    /// Nil when something newer of that name is shown.
    package mutating func delete(_ key: ObjectKey, as deletion: String) -> Change? {
        advance(to: deletion)
        guard let slot = table.slot(of: key), let shown = table.identity(at: slot), !shown.isNewer(than: deletion)
        else {
            return nil
        }
        return Change(key: key, old: hide(at: slot), new: nil, origin: .live, resourceVersion: deletion)
    }

    package mutating func advance(to newVersion: String) {
        guard ResourceVersion.isNewer(newVersion, than: version) else { return }
        version = newVersion
        absences.forget(upTo: version)
    }

    /// Shows an object read from the server at the side of the watch; the version of the kind stays where it is.
    ///
    /// Nil for one that is not shown although the contents have come past its version: its deletion was seen while the
    /// read was on its way, and nothing would ever take it out again.
    package mutating func offer(_ entry: StoreEntry<Row>) -> Change? {
        guard table.slot(of: entry.key) != nil || ResourceVersion.isNewer(entry.resourceVersion, than: version) else {
            return nil
        }
        return show(entry, origin: .live)
    }

    /// Hides an object that a live read did not find, and all that a watch which is behind may still say of it.
    ///
    /// One that is shown as of a later version than that of the read has come back since: to a selector's part, or to life.
    package mutating func withdraw(_ key: ObjectKey, asOf read: String) -> Change? {
        if ResourceVersion.isNewer(read, than: version) { absences.note(key, asOf: read) }
        guard let slot = table.slot(of: key), let shown = table.identity(at: slot), !shown.isNewer(than: read)
        else { return nil }
        return Change(key: key, old: hide(at: slot), new: nil, origin: .list, resourceVersion: shown.resourceVersion)
    }

    private mutating func show(
        _ entry: StoreEntry<Row>, origin: Change.Origin, evenIfOlder: Bool = false
    ) -> Change? {
        // Nobody took note of its end but the read: shown once more, it would be taken for one that is there.
        guard !absences.covers(entry.key, entry.resourceVersion) else { return nil }
        var old: Row?
        var isAnother = false
        if let slot = table.slot(of: entry.key), let shown = table.identity(at: slot) {
            let given = entry.resourceVersion
            let isNewer = ResourceVersion.isNewer(given, than: shown.resourceVersion)
            guard isNewer || (evenIfOlder && given != shown.resourceVersion) else { return nil }
            old = table.row(at: slot)
            isAnother = shown.uid != entry.uid
            updateIndexes(slot) { $0.remove($1) }
        }
        let slot = table.put(entry)
        updateIndexes(slot) { $0.insert($1) }
        return Change(
            key: entry.key, old: old, new: entry.row, origin: origin, resourceVersion: entry.resourceVersion,
            isAnotherObject: isAnother)
    }

    private mutating func hide(at slot: Int) -> Row? {
        let old = table.row(at: slot)
        updateIndexes(slot) { $0.remove($1) }
        table.remove(at: slot)
        // The slot may be given to another key before the list that is being read ends.
        seen.remove(slot)
        return old
    }

    // MARK: Indexes

    private mutating func reindex() {
        namespaced = [:]
        indexed = Array(repeating: [:], count: indexes.count)
        for slot in 0..<table.slotCount where table.identity(at: slot) != nil {
            updateIndexes(slot) { $0.insert($1) }
        }
    }

    private mutating func updateIndexes(_ slot: Int, _ change: (inout Set<UInt32>, UInt32) -> Void) {
        Self.update(&namespaced, table.key(at: slot).namespace, UInt32(slot), change)
        guard !indexes.isEmpty, let row = table.row(at: slot) else { return }
        for (position, index) in indexes.enumerated() {
            for value in index.values(row) { Self.update(&indexed[position], value, UInt32(slot), change) }
        }
    }

    private static func update(
        _ values: inout [String: Set<UInt32>], _ value: String, _ slot: UInt32,
        _ change: (inout Set<UInt32>, UInt32) -> Void
    ) {
        change(&values[value, default: []], slot)
        if values[value]?.isEmpty == true { values[value] = nil }
    }
}
