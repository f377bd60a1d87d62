/// The free slots of the workers while a plan is made.
///
/// Invariant: every worker kept has at least one free slot.
struct WorkerSlots {
    private var workers: [WorkerCapacity]

    init(_ workers: [WorkerCapacity]) {
        self.workers = workers.filter { $0.freeSlots > 0 }
    }

    /// The worker with the most room, by name among equals; nil when all are full.
    ///
    /// A pool has few workers, so a scan is cheaper than a heap.
    mutating func takeLeastLoaded() -> String? {
        let best = workers.indices.min { left, right in
            (-workers[left].freeSlots, workers[left].name) < (-workers[right].freeSlots, workers[right].name)
        }
        guard let best else { return nil }
        let name = workers[best].name
        workers[best].freeSlots -= 1
        if workers[best].freeSlots == 0 { workers.remove(at: best) }
        return name
    }
}
