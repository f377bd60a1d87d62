/// Orders waiting tasks and hands them to workers.
///
/// Highest effective priority first; within one priority the namespaces take turns; within one namespace the
/// longest wait goes first. Waiting raises the effective priority by one each `ageing`, so nothing starves: after
/// at most four times `ageing` a task stands in the top lane, ahead of every younger task of its namespace.
///
/// Invariants
/// - the plan depends on the value of the scheduler and the arguments only, never on the order of the arguments;
/// - `turns` keeps every turn later than the oldest turn of a waiting namespace: forgetting one would let a namespace
///   that sends its tasks one by one stand first each time;
/// - within one lane, between two turns of a waiting namespace every other namespace has at most one turn.
package struct TaskScheduler: Sendable {
    private let ageing: Duration
    /// When each namespace was last served, counted in assignments, not in time.
    private var turns: [String: Int] = [:]
    private var clock = 0

    /// Zero or less turns ageing off.
    package init(ageing: Duration) {
        self.ageing = ageing
    }

    /// Assigns as many tasks as there are free slots and remembers whose turn it was.
    package mutating func plan(
        entries: [QueuedEntry], workers: [WorkerCapacity], now: Duration
    ) -> SchedulingPlan {
        let order = line(entries, now: now)
        var slots = WorkerSlots(workers)
        var plan = SchedulingPlan(assignments: [], positions: [:])
        var waiting = Set<String>()
        for entry in order {
            if let worker = slots.takeLeastLoaded() {
                plan.assignments.append(.init(key: entry.key, worker: worker))
                clock += 1
                turns[entry.namespace] = clock
            } else {
                plan.positions[entry.key] = plan.positions.count + 1
                waiting.insert(entry.namespace)
            }
        }
        forgetTurns(notAfterThoseOf: waiting)
        return plan
    }

    /// The priority an entry has reached by waiting.
    package func effectivePriority(of entry: QueuedEntry, now: Duration) -> Int {
        let bounds = QueuedEntry.priorities
        let asked = min(max(entry.priority, bounds.lowerBound), bounds.upperBound)
        guard ageing > .zero, now > entry.since else { return asked }
        let gained = min((now - entry.since) / ageing, Double(bounds.upperBound))
        return min(asked + Int(gained), bounds.upperBound)
    }

    private mutating func forgetTurns(notAfterThoseOf waiting: Set<String>) {
        guard let oldest = waiting.map({ turns[$0, default: 0] }).min() else {
            turns.removeAll()
            return
        }
        turns = turns.filter { $0.value > oldest || waiting.contains($0.key) }
    }

    private func line(_ entries: [QueuedEntry], now: Duration) -> [QueuedEntry] {
        let lanes = Dictionary(grouping: entries) { effectivePriority(of: $0, now: now) }
        var turns = turns
        var clock = clock
        var order: [QueuedEntry] = []
        order.reserveCapacity(entries.count)
        for priority in lanes.keys.sorted(by: >) {
            for entry in lane(lanes[priority] ?? [], turns: turns) {
                clock += 1
                turns[entry.namespace] = clock
                order.append(entry)
            }
        }
        return order
    }

    /// One round takes the oldest task of each namespace, the namespace that was served longest ago first.
    private func lane(_ entries: [QueuedEntry], turns: [String: Int]) -> [QueuedEntry] {
        let oldestFirst = Dictionary(grouping: entries, by: \.namespace).mapValues { entries in
            entries.sorted { ($0.since, $0.key) < ($1.since, $1.key) }
        }
        var round = oldestFirst.sorted { (turns[$0.key, default: 0], $0.key) < (turns[$1.key, default: 0], $1.key) }
            .map(\.value)
        var order: [QueuedEntry] = []
        order.reserveCapacity(entries.count)
        var depth = 0
        while !round.isEmpty {
            order.append(contentsOf: round.map { $0[depth] })
            depth += 1
            round.removeAll { $0.count == depth }
        }
        return order
    }
}
