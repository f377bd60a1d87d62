import Scheduling

/// The order of a waiting line by its definition: everything is looked at again for every task that is taken.
///
/// Slow, and simple enough to be believed; what `WaitingLine` does is compared with it.
struct LinearLine {
    let ageing: Duration
    private(set) var entries: [QueuedEntry] = []
    private var turns: [String: Int] = [:]
    private var served = 0

    init(ageing: Duration) { self.ageing = ageing }

    mutating func join(_ entry: QueuedEntry) {
        leave(entry.key)
        entries.append(entry)
    }

    mutating func leave(_ key: String) { entries.removeAll { $0.key == key } }

    mutating func take(now: Duration) -> QueuedEntry? {
        let best = entries.min { rank($0, now) < rank($1, now) }
        guard let best else { return nil }
        leave(best.key)
        served += 1
        turns[best.namespace] = served
        return best
    }

    private func rank(_ entry: QueuedEntry, _ now: Duration) -> (Int, Int, String, Duration, String) {
        (-priority(entry, now), turns[entry.namespace, default: 0], entry.namespace, entry.since, entry.key)
    }

    private func priority(_ entry: QueuedEntry, _ now: Duration) -> Int {
        guard ageing > .zero, now > entry.since else { return entry.asked }
        return min(5, entry.asked + (0..<5).count { entry.since + ageing * ($0 + 1) <= now })
    }
}
