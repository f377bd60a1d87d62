internal import KubernetesModel

/// Entries by key, without the slack of a dictionary: keys and identities in plain arrays, rows in pieces that never move.
///
/// Invariant: `identities` and `rows` have something at exactly the slots that `index` has given out.
struct RowTable<Row: Sendable>: Sendable {
    private(set) var index = KeyIndex()
    private var identities: [ObjectIdentity?] = []
    /// Growing one big array would hold two copies of the rows for a moment.
    private var rows: [[Row?]] = []
    private var namespaces = StringInterner()

    private static var pieceSize: Int { 256 }

    var count: Int { index.count }
    var slotCount: Int { index.slotCount }

    func slot(of key: ObjectKey) -> Int? { index.slot(of: key) }
    func key(at slot: Int) -> ObjectKey { index.key(at: slot) }
    /// Nil for a slot that is free.
    func identity(at slot: Int) -> ObjectIdentity? { identities[slot] }
    func row(at slot: Int) -> Row? { rows[slot / Self.pieceSize][slot % Self.pieceSize] }

    func entry(at slot: Int) -> StoreEntry<Row>? {
        guard let identity = identities[slot], let row = row(at: slot) else { return nil }
        return StoreEntry(
            key: key(at: slot), uid: identity.uid, resourceVersion: identity.resourceVersion,
            isBeingDeleted: identity.isBeingDeleted, row: row)
    }

    /// Puts the entry in place of the one of its key, and returns where.
    @discardableResult
    mutating func put(_ entry: StoreEntry<Row>) -> Int {
        var key = entry.key
        key.namespace = namespaces(key.namespace)
        let (slot, isNew) = index.insert(key)
        if isNew, slot == identities.count {
            identities.append(nil)
            if slot / Self.pieceSize == rows.count {
                rows.append([])
                rows[rows.count - 1].reserveCapacity(Self.pieceSize)
            }
            rows[rows.count - 1].append(nil)
        }
        identities[slot] = ObjectIdentity(
            uid: entry.uid, resourceVersion: entry.resourceVersion, isBeingDeleted: entry.isBeingDeleted)
        rows[slot / Self.pieceSize][slot % Self.pieceSize] = entry.row
        return slot
    }

    mutating func remove(at slot: Int) {
        index.remove(at: slot)
        identities[slot] = nil
        rows[slot / Self.pieceSize][slot % Self.pieceSize] = nil
    }

    /// The slots in use, in the order of their keys.
    var sortedSlots: [Int] {
        (0..<slotCount).filter { identities[$0] != nil }.sorted { key(at: $0) < key(at: $1) }
    }

    /// What the table itself takes, rows' own storage left out.
    var bytes: Int {
        slotCount
            * (MemoryLayout<ObjectIdentity?>.stride + MemoryLayout<Row?>.stride + MemoryLayout<ObjectKey>.stride
                + 4 * MemoryLayout<UInt32>.stride)
    }
}
