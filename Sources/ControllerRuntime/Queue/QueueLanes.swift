/// The ready keys by priority.
///
/// Higher priority first. So that a stream of urgent keys cannot keep the others waiting for ever, a lower lane whose
/// first key has been ready for `ageing` gets one turn after each `turnsBeforeAged` of the lanes above it.
///
/// Invariants: `lanes` are in falling order of priority; `counts` are the keys that count, entries left behind are not
/// among them.
struct QueueLanes: Sendable {
    private struct Lane {
        var priority: QueuePriority
        var lane = FairLane()
        var count = 0
    }

    static let turnsBeforeAged = 4

    private var lanes: [Lane] = []
    private var turnsSinceAged = 0
    private let ageing: Duration

    init(ageing: Duration) { self.ageing = ageing }

    var depth: [(priority: QueuePriority, count: Int)] { lanes.map { ($0.priority, $0.count) } }

    mutating func append(_ entry: FairLane.Entry, namespace: String, priority: QueuePriority) {
        let position = position(of: priority)
        lanes[position].lane.append(entry, namespace: namespace)
        lanes[position].count += 1
    }

    /// The key that was ready here is so no more, or elsewhere; its entry stays until it is passed over.
    mutating func discount(_ priority: QueuePriority) { lanes[position(of: priority)].count -= 1 }

    /// Only when no key is ready: forgets the entries that were left behind.
    mutating func reset() {
        for position in lanes.indices { lanes[position].lane = FairLane() }
    }

    /// Takes the entry whose turn it is; the nodes say what counts and since when.
    mutating func popFirst(now: Duration, _ nodes: [WorkQueue.Node]) -> FairLane.Entry? {
        for position in lanes.indices { clear(position, nodes) }
        guard let top = lanes.firstIndex(where: { $0.count > 0 }) else { return nil }
        var chosen = top
        if turnsSinceAged >= Self.turnsBeforeAged,
            let aged = lanes.lastIndex(where: { lane in
                guard lane.count > 0, let first = lane.lane.first else { return false }
                return now - nodes[Int(first.slot)].time >= ageing
            })
        {
            chosen = aged
        }
        let isWaitedFor = lanes[(top + 1)...].contains { $0.count > 0 }
        turnsSinceAged = chosen == top && isWaitedFor ? turnsSinceAged + 1 : 0
        lanes[chosen].count -= 1
        return lanes[chosen].lane.popFirst()
    }

    /// Drops what was left behind at the front of a lane.
    private mutating func clear(_ position: Int, _ nodes: [WorkQueue.Node]) {
        while let first = lanes[position].lane.first, !nodes[Int(first.slot)].isReady(first.ticket) {
            _ = lanes[position].lane.popFirst(isTurn: false)
        }
    }

    private mutating func position(of priority: QueuePriority) -> Int {
        let position = lanes.firstIndex { $0.priority <= priority } ?? lanes.count
        if position < lanes.count, lanes[position].priority == priority { return position }
        lanes.insert(Lane(priority: priority), at: position)
        return position
    }
}
