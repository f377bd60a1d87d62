/// What is due when: a heap by moment, and by ticket within one moment.
///
/// Invariants: a ticket is given out once and stands for at most one entry; the moments handed out never go back;
/// what was removed is skipped without letting time pass for it.
struct Agenda {
    enum Action {
        case wake(UnsafeContinuation<Bool, Never>)
        case run(@Sendable () -> Void)
    }

    private struct Entry {
        var moment: Duration
        var ticket: UInt64

        func isBefore(_ other: Entry) -> Bool { (moment, ticket) < (other.moment, other.ticket) }
    }

    private var heap: [Entry] = []
    private var actions: [UInt64: Action] = [:]
    private var lastTicket: UInt64 = 0

    mutating func reserve() -> UInt64 {
        lastTicket += 1
        return lastTicket
    }

    mutating func add(_ ticket: UInt64, at moment: Duration, _ action: Action) {
        actions[ticket] = action
        heap.append(Entry(moment: moment, ticket: ticket))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].isBefore(heap[parent]) else { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    mutating func remove(_ ticket: UInt64) -> Action? { actions.removeValue(forKey: ticket) }

    /// When the next thing is due.
    var nextMoment: Duration? {
        mutating get {
            while let first = heap.first, actions[first.ticket] == nil { dropFirst() }
            return heap.first?.moment
        }
    }

    mutating func popFirst() -> Action? {
        guard let first = heap.first else { return nil }
        dropFirst()
        return actions.removeValue(forKey: first.ticket)
    }

    private mutating func dropFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child].isBefore(heap[least]) { least = child }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
