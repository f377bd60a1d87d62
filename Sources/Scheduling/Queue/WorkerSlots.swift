/// The free slots of the workers while a plan is made.
///
/// Invariant: every worker kept has at least one free slot.
package struct WorkerSlots: Sendable {
    private struct Slot: Sendable {
        var number: Int
        var worker: WorkerCapacity
    }

    private var slots: [Slot]

    package init(_ workers: [WorkerCapacity]) {
        slots = workers.enumerated().filter { $0.element.freeSlots > 0 }.map {
            Slot(number: $0.offset, worker: $0.element)
        }
    }

    package var isEmpty: Bool { slots.isEmpty }

    /// The worker with the most room, by name among equals; nil when all are full.
    ///
    /// A pool has few workers, so a scan is cheaper than a heap.
    package mutating func takeLeastLoaded() -> String? {
        let best = slots.indices.min { left, right in
            (-slots[left].worker.freeSlots, slots[left].worker.name)
                < (-slots[right].worker.freeSlots, slots[right].worker.name)
        }
        return best.map { take($0).worker.name }
    }

    /// The next worker with room, round and round in the order in which they were given; nil when all are full.
    ///
    /// `turn` is the number of the worker whose turn it is; afterwards, that of the one behind the one taken.
    package mutating func takeNext(_ turn: inout Int) -> String? {
        guard let index = slots.firstIndex(where: { [turn] in $0.number >= turn }) ?? slots.indices.first else {
            return nil
        }
        let taken = take(index)
        turn = taken.number + 1
        return taken.worker.name
    }

    private mutating func take(_ index: Int) -> Slot {
        let taken = slots[index]
        slots[index].worker.freeSlots -= 1
        if slots[index].worker.freeSlots == 0 { slots.remove(at: index) }
        return taken
    }
}
