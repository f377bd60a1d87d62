/// The tasks that wait for the workers of one pool, in the order in which they will be taken.
///
/// Highest effective priority first; within one priority the namespaces take turns; within one namespace the longest
/// wait goes first. Waiting raises the effective priority by one each `ageing`, so nothing starves: after at most four
/// times `ageing` a task stands in the top lane, ahead of every younger task of its namespace.
///
/// Joining, leaving and taking cost the logarithm of the length; what the pool's status needs is counted on the way.
///
/// Invariants
/// - the order depends on who waits and on who was served when, never on the order in which tasks joined;
/// - each task stands in the lane of the priority it had reached when time was last looked at; time that goes back moves
///   nobody down;
/// - the turn of a namespace that waits is never forgotten, and of the others only one that is no later than all of theirs:
///   forgetting more would let a namespace that sends its tasks one by one stand first each time;
/// - within one lane, between two turns of a waiting namespace every other namespace has at most one turn.
package struct WaitingLine: Sendable {
    private struct Place: Sendable {
        var entry: QueuedEntry
        var lane: Int
        var serial: Int
    }

    /// When a task moves up.
    private struct Promotion: Sendable, Comparable {
        var due: Duration
        var serial: Int
        var key: String

        static func < (left: Promotion, right: Promotion) -> Bool {
            (left.due, left.serial) < (right.due, right.serial)
        }
    }

    package let ageing: Duration
    /// Waiting tasks by the priority they asked for; none with a count of zero.
    package private(set) var counts: [Int: Int] = [:]
    private var places: [String: Place] = [:]
    private var waiting: [String: Int] = [:]
    private var lanes = QueuedEntry.priorities.map { _ in WaitingLane() }
    private var promotions = LazyHeap<Promotion>()
    private var turns: [String: Int] = [:]
    private var forgetsAt = WaitingLine.fewTurns
    private var served = 0
    private var serial = 0

    private static let fewTurns = 64

    /// Zero or less turns ageing off.
    package init(ageing: Duration) {
        self.ageing = ageing
    }

    package var count: Int { places.count }
    package var entries: [QueuedEntry] { places.values.map(\.entry) }
    /// Namespaces whose last turn is still known.
    package var rememberedTurns: Int { turns.count }

    /// Adds a task, or changes what is known of it.
    package mutating func join(_ entry: QueuedEntry) {
        if let known = places[entry.key] {
            guard known.entry != entry else { return }
            leave(entry.key)
        }
        counts[entry.asked, default: 0] += 1
        waiting[entry.namespace, default: 0] += 1
        put(entry, in: entry.asked)
    }

    package mutating func leave(_ key: String) {
        guard let place = places.removeValue(forKey: key) else { return }
        counts.decrement(place.entry.asked)
        waiting.decrement(place.entry.namespace)
        step(out: place)
        let places = places
        promotions.tidy(alive: places.count) { places[$0.key]?.serial == $0.serial }
    }

    /// The task whose turn it is, which `take` would take out now.
    package mutating func first(now: Duration) -> QueuedEntry? {
        advance(to: now)
        return next()
    }

    /// Takes out the task whose turn it is, and remembers the turn.
    package mutating func take(now: Duration) -> QueuedEntry? {
        advance(to: now)
        guard let entry = next() else { return nil }
        leave(entry.key)
        note(turnOf: entry.namespace)
        return entry
    }

    /// Remembers a turn of a namespace; also one that it had in another line, with which this one shares its turns.
    package mutating func note(turnOf namespace: String) {
        served += 1
        turns[namespace] = served
        for index in lanes.indices {
            lanes[index].took(.init(turn: served, namespace: namespace), turns: turns)
        }
        forgetTurns()
    }

    /// The number of the last turn of a namespace, 0 for one that had none or that is forgotten.
    package func lastTurn(of namespace: String) -> Int { turns[namespace, default: 0] }

    /// The place in line, 1 first, that a task would get by joining now.
    ///
    /// Turns that higher priorities will have taken until then are not foreseen.
    package mutating func place(ofNew entry: QueuedEntry, now: Duration) -> Int {
        advance(to: now)
        let lane = effectivePriority(of: entry, now: now) - 1
        let above = lanes[(lane + 1)...].reduce(0) { $0 + $1.total }
        return above + lanes[lane].ahead(ofNewIn: entry.namespace, turns: turns) + 1
    }

    /// When the task that has waited longest began to wait.
    package mutating func oldestSince() -> Duration? {
        let places = places
        var oldest: Duration?
        for index in lanes.indices where lanes[index].total > 0 {
            guard let since = lanes[index].oldest(isAlive: { places[$0.key]?.serial == $0.serial }) else { continue }
            oldest = min(oldest ?? since, since)
        }
        return oldest
    }

    // The closures below look at a copy of `places`, which must be gone before `places` changes: else the change would
    // copy all of it. Hence the small functions.

    private mutating func next() -> QueuedEntry? {
        let places = places
        for index in lanes.indices.reversed() where lanes[index].total > 0 {
            let ticket = lanes[index].next(turns: turns) { places[$0.key]?.serial == $0.serial }
            if let ticket { return places[ticket.key]?.entry }
        }
        return nil
    }

    private mutating func takeDuePromotion(now: Duration) -> Place? {
        let places = places
        guard let due = promotions.first(where: { places[$0.key]?.serial == $0.serial }), due.due <= now else {
            return nil
        }
        promotions.removeFirst()
        return places[due.key]
    }

    /// The priority an entry has reached by waiting.
    package func effectivePriority(of entry: QueuedEntry, now: Duration) -> Int {
        var reached = entry.asked
        guard ageing > .zero else { return reached }
        while reached < QueuedEntry.priorities.upperBound, promotion(of: entry, from: reached) <= now { reached += 1 }
        return reached
    }

    private mutating func advance(to now: Duration) {
        while let place = takeDuePromotion(now: now) {
            step(out: place)
            put(place.entry, in: effectivePriority(of: place.entry, now: now))
        }
    }

    private mutating func put(_ entry: QueuedEntry, in priority: Int) {
        serial += 1
        places[entry.key] = Place(entry: entry, lane: priority - 1, serial: serial)
        lanes[priority - 1].join(
            .init(since: entry.since, key: entry.key, serial: serial),
            .init(turn: turns[entry.namespace, default: 0], namespace: entry.namespace))
        guard ageing > .zero, priority < QueuedEntry.priorities.upperBound else { return }
        promotions.insert(Promotion(due: promotion(of: entry, from: priority), serial: serial, key: entry.key))
    }

    /// When an entry has waited long enough to leave this priority for the next.
    private func promotion(of entry: QueuedEntry, from priority: Int) -> Duration {
        entry.since + ageing * (priority + 1 - entry.asked)
    }

    private mutating func step(out place: Place) {
        let places = places
        lanes[place.lane].leave(place.entry.namespace) { places[$0.key]?.serial == $0.serial }
    }

    /// Keeps the turns within twice what is needed, at a cost that the takes in between have paid for.
    private mutating func forgetTurns() {
        guard turns.count > forgetsAt else { return }
        if let oldest = waiting.keys.map({ turns[$0, default: 0] }).min() {
            turns = turns.filter { $0.value > oldest || waiting[$0.key] != nil }
        } else {
            turns.removeAll()
        }
        forgetsAt = max(Self.fewTurns, 2 * turns.count)
    }
}

extension Dictionary where Value == Int {
    fileprivate mutating func decrement(_ key: Key) {
        guard let count = self[key] else { return }
        self[key] = count > 1 ? count - 1 : nil
    }
}
