/// Deadlines in order, as a binary heap that keeps obsolete entries until they come up.
///
/// Invariant: `heap` is a min-heap by (time, id). Whoever takes an entry decides whether it still means something.
struct DeadlineQueue {
    struct Entry: Hashable {
        var time: Duration
        var id: ExchangeID
    }

    private var heap: [Entry] = []

    var count: Int { heap.count }
    var next: Duration? { heap.first?.time }

    mutating func add(_ entry: Entry) {
        heap.append(entry)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard Self.isBefore(heap[child], heap[parent]) else { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    /// Forgets the entries that mean nothing any more.
    mutating func keep(_ isMeaningful: (Entry) -> Bool) {
        // A sorted array is a heap.
        heap = heap.filter(isMeaningful).sorted(by: Self.isBefore)
    }

    /// The earliest entry, when its time has come.
    mutating func take(until now: Duration) -> Entry? {
        guard let first = heap.first, first.time <= now else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return first }
        heap[0] = last
        var parent = 0
        while true {
            let left = 2 * parent + 1
            guard left < heap.count else { break }
            let right = left + 1
            let child = right < heap.count && Self.isBefore(heap[right], heap[left]) ? right : left
            guard Self.isBefore(heap[child], heap[parent]) else { break }
            heap.swapAt(child, parent)
            parent = child
        }
        return first
    }

    private static func isBefore(_ left: Entry, _ right: Entry) -> Bool {
        (left.time, left.id) < (right.time, right.id)
    }
}
