/// Slots by the time they fall due, the earliest first; those due at the same time in the order they came.
///
/// Invariant: no element is due before its parent. Entries are never searched for: the owner keeps the truth beside it
/// and passes over an entry whose `ticket` is no longer the slot's.
struct DueHeap: Sendable {
    struct Entry: Sendable {
        var due: Duration
        var slot: UInt32
        var ticket: UInt32
    }

    private var entries: [Entry] = []

    var count: Int { entries.count }
    var first: Entry? { entries.first }

    mutating func insert(_ entry: Entry) {
        entries.append(entry)
        var child = entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard isBefore(child, parent) else { return }
            entries.swapAt(child, parent)
            child = parent
        }
    }

    @discardableResult
    mutating func popFirst() -> Entry? {
        guard let first = entries.first, let last = entries.popLast() else { return nil }
        guard !entries.isEmpty else { return first }
        entries[0] = last
        var parent = 0
        while true {
            var best = parent
            for child in (2 * parent + 1)..<(2 * parent + 3) where child < entries.count && isBefore(child, best) {
                best = child
            }
            guard best != parent else { return first }
            entries.swapAt(parent, best)
            parent = best
        }
    }

    /// Rebuilds from the entries that still count, so that abandoned ones do not pile up.
    mutating func keep(where isCurrent: (Entry) -> Bool) {
        let kept = entries.filter(isCurrent)
        entries.removeAll()
        for entry in kept { insert(entry) }
    }

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        (entries[left].due, entries[left].ticket) < (entries[right].due, entries[right].ticket)
    }
}
