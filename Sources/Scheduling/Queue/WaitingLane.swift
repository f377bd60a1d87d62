/// The tasks of one effective priority: the namespaces take turns, and each sends its longest-waiting task.
///
/// Invariants: `counts` holds how many tasks of each namespace stand here, and no namespace without any; a namespace that
/// stands here has its present turn in `order`, and each of its tasks its present ticket in `queues`.
struct WaitingLane: Sendable {
    /// A task's place among those of its namespace.
    struct Ticket: Sendable, Comparable {
        var since: Duration
        var key: String
        /// Of the move that brought it here: a task that has moved on leaves a ticket that means nothing.
        var serial: Int

        static func < (left: Ticket, right: Ticket) -> Bool {
            (left.since, left.key, left.serial) < (right.since, right.key, right.serial)
        }
    }

    struct Turn: Sendable, Comparable {
        /// When the namespace was served last, counted in tasks; 0 for never.
        var turn: Int
        var namespace: String

        static func < (left: Turn, right: Turn) -> Bool {
            (left.turn, left.namespace) < (right.turn, right.namespace)
        }
    }

    private(set) var counts: [String: Int] = [:]
    private(set) var total = 0
    private var queues: [String: LazyHeap<Ticket>] = [:]
    private var order = LazyHeap<Turn>()

    mutating func join(_ ticket: Ticket, _ turn: Turn) {
        queues[turn.namespace, default: LazyHeap()].insert(ticket)
        counts[turn.namespace, default: 0] += 1
        total += 1
        if counts[turn.namespace] == 1 { order.insert(turn) }
    }

    mutating func leave(_ namespace: String, isAlive: (Ticket) -> Bool) {
        guard let count = counts[namespace] else { return }
        total -= 1
        if count == 1 {
            counts[namespace] = nil
            queues[namespace] = nil
        } else {
            counts[namespace] = count - 1
            queues[namespace]?.tidy(alive: count - 1, where: isAlive)
        }
    }

    /// The namespace has been served, here or in another lane.
    mutating func took(_ turn: Turn, turns: [String: Int]) {
        guard counts[turn.namespace] != nil else { return }
        order.insert(turn)
        guard order.isCrowded(alive: counts.count) else { return }
        order = LazyHeap()
        for namespace in counts.keys { order.insert(Turn(turn: turns[namespace, default: 0], namespace: namespace)) }
    }

    /// Whose turn it is.
    mutating func next(turns: [String: Int], isAlive: (Ticket) -> Bool) -> Ticket? {
        let counts = counts
        let turn = order.first { counts[$0.namespace] != nil && turns[$0.namespace, default: 0] == $0.turn }
        return turn.flatMap { queues[$0.namespace]?.first(where: isAlive) }
    }

    /// When the oldest task here began to wait.
    mutating func oldest(isAlive: (Ticket) -> Bool) -> Duration? {
        var oldest: Duration?
        for namespace in counts.keys {
            guard let first = queues[namespace]?.first(where: isAlive) else { continue }
            oldest = min(oldest ?? first.since, first.since)
        }
        return oldest
    }

    /// How many go before a task that joins the namespace now.
    func ahead(ofNewIn namespace: String, turns: [String: Int]) -> Int {
        let own = Turn(turn: turns[namespace, default: 0], namespace: namespace)
        let mine = counts[namespace, default: 0]
        var ahead = mine
        for (other, count) in counts where other != namespace {
            let isFirst = Turn(turn: turns[other, default: 0], namespace: other) < own
            ahead += min(count, isFirst ? mine + 1 : mine)
        }
        return ahead
    }
}
