package import KubernetesModel
internal import Primitives

/// The keys that want a reconcile.
///
/// A value without clock or lock: the shell passes the time.
///
/// Promises: each key is handed out to one caller at a time; a key added while it is handed out is handed out again
/// after `done`; however often it is added in between, once. Higher priority first; within one priority namespaces take
/// turns; within one namespace first in, first out; no ready key waits for ever (``QueueLanes``).
///
/// Invariants
/// - a key has a node exactly while it is wanted, handed out, or has failed; a node says all there is of it, so that no
///   flag of one set can outlive the key in another (java-operator-sdk #3416);
/// - a node has at most one wish, the sooner of those that were made: `delayed` until its time, or `ready`. A key that is
///   handed out and `ready` is what others call dirty: it goes back to its lane at `done`;
/// - lanes hold each ready key that is not handed out once under its present ticket, the heap each delayed one;
/// - `failures` grows only by `retry`: an unrelated event never costs a key one of its retries.
package struct WorkQueue: Sendable {
    /// A key handed out.
    ///
    /// It must be given back by `done`.
    package struct Claim: Sendable, Hashable {
        package var key: ObjectKey
        package var priority: QueuePriority
        package var reasons: ReasonSet
        /// From the moment it became ready.
        package var queuedFor: Duration
    }

    enum Wish: UInt8, Sendable { case none, delayed, ready }

    /// Small, since each object of a first list has one: moments are nanoseconds, half the size of a `Duration`.
    struct Node: Sendable {
        var reasons = ReasonSet()
        /// Tells the entry of the present wish in lane or heap from ones left behind.
        var ticket: UInt32 = 0
        private var timeNanoseconds: Int64 = 0
        private var sinceNanoseconds: Int64 = 0
        var failures: Int32 = 0
        var priority = QueuePriority.initial
        var wish = Wish.none
        var isOut = false

        /// When it became ready, or falls due.
        var time: Duration {
            get { .nanoseconds(timeNanoseconds) }
            set { timeNanoseconds = newValue.nanoseconds }
        }

        /// Since when it is handed out.
        var since: Duration {
            get { .nanoseconds(sinceNanoseconds) }
            set { sinceNanoseconds = newValue.nanoseconds }
        }

        /// Whether an entry of that ticket in a lane is the one that counts.
        func isReady(_ entry: UInt32) -> Bool { ticket == entry && wish == .ready && !isOut }
    }

    private(set) var index = KeyIndex()
    private(set) var nodes: [Node] = []
    private var heap = DueHeap()
    private var lanes: QueueLanes
    private var lastTicket: UInt32 = 0
    private let retryPolicy: RetryPolicy
    package private(set) var readyCount = 0
    package private(set) var waitingCount = 0
    package private(set) var processingCount = 0
    /// How often a key became ready, by a wish or because it fell due: what others count as added.
    package private(set) var addedCount = 0

    package init(retryPolicy: RetryPolicy = .key, ageing: Duration = .seconds(10)) {
        self.retryPolicy = retryPolicy
        lanes = QueueLanes(ageing: ageing)
    }

    // MARK: Wishes

    /// Wants the key as soon as possible.
    package mutating func add(_ key: ObjectKey, priority: QueuePriority, reason: ReconcileReason, now: Duration) {
        add(key, priority: priority, reasons: ReasonSet([reason]), now: now)
    }

    package mutating func add(_ key: ObjectKey, priority: QueuePriority, reasons: ReasonSet, now: Duration) {
        makeReady(slot(for: key), priority, reasons, time: now)
    }

    /// Wants the key after a time.
    ///
    /// A key that is ready, or waits for less, keeps its sooner turn.
    package mutating func add(
        _ key: ObjectKey, after delay: Duration, priority: QueuePriority, reason: ReconcileReason, now: Duration
    ) {
        add(key, after: delay, priority: priority, reasons: ReasonSet([reason]), now: now)
    }

    /// As above, for a key that keeps the reasons it already had.
    package mutating func add(
        _ key: ObjectKey, after delay: Duration, priority: QueuePriority, reasons: ReasonSet, now: Duration
    ) {
        let slot = slot(for: key)
        guard delay > .zero else { return makeReady(slot, priority, reasons, time: now) }
        switch nodes[slot].wish {
        case .ready: makeReady(slot, priority, reasons, time: nodes[slot].time)
        case .delayed:
            merge(slot, priority, reasons)
            if now + delay < nodes[slot].time { wait(slot, until: now + delay) }
        case .none:
            nodes[slot].priority = priority
            nodes[slot].reasons = reasons
            nodes[slot].wish = .delayed
            waitingCount += 1
            wait(slot, until: now + delay)
        }
    }

    /// Wants the key again after its own backoff, or after `atLeast` where that is longer, and says how long that is.
    package mutating func retry(
        _ key: ObjectKey, priority: QueuePriority, reason: ReconcileReason, atLeast: Duration = .zero, now: Duration,
        using random: inout some RandomNumberGenerator
    ) -> Duration {
        let slot = slot(for: key)
        nodes[slot].failures += 1
        let delay = max(retryPolicy.delay(failures: Int(nodes[slot].failures), using: &random), atLeast)
        add(key, after: delay, priority: priority, reason: reason, now: now)
        return delay
    }

    /// The key is well again, or is another object: its next failure waits the shortest time.
    package mutating func forgetFailures(of key: ObjectKey) {
        guard let slot = index.slot(of: key) else { return }
        nodes[slot].failures = 0
        dropIfIdle(slot)
    }

    package func failureCount(of key: ObjectKey) -> Int {
        index.slot(of: key).map { Int(nodes[$0].failures) } ?? 0
    }

    // MARK: Handing out

    /// Hands out the key whose turn it is.
    package mutating func next(now: Duration) -> Claim? {
        promote(now: now)
        guard readyCount > 0 else { return nil }
        guard let entry = lanes.popFirst(now: now, nodes) else { return nil }
        let slot = Int(entry.slot)
        let node = nodes[slot]
        nodes[slot].wish = .none
        nodes[slot].isOut = true
        nodes[slot].since = now
        readyCount -= 1
        processingCount += 1
        return Claim(
            key: index.key(at: slot), priority: node.priority, reasons: node.reasons,
            queuedFor: max(now - node.time, .zero))
    }

    /// Gives a key back.
    ///
    /// Returns how long it was out, nil if it was not.
    @discardableResult
    package mutating func done(_ key: ObjectKey, now: Duration) -> Duration? {
        guard let slot = index.slot(of: key), nodes[slot].isOut else { return nil }
        let took = now - nodes[slot].since
        nodes[slot].isOut = false
        processingCount -= 1
        if nodes[slot].wish == .ready {
            readyCount += 1
            line(up: slot)
        } else {
            dropIfIdle(slot)
        }
        return took
    }

    /// Makes ready what has fallen due; `next` does so too.
    package mutating func promote(now: Duration) {
        while let due = nextDue, due <= now, let entry = heap.popFirst() {
            let node = nodes[Int(entry.slot)]
            makeReady(Int(entry.slot), node.priority, node.reasons, time: node.time)
        }
    }

    /// When the earliest waiting key falls due; nil when none waits.
    package var nextDue: Duration? {
        mutating get {
            while let first = heap.first {
                if isCurrent(first) { return first.due }
                heap.popFirst()
            }
            return nil
        }
    }

    /// Ready keys by priority; a level that was ever used stays, with 0.
    package var depth: [QueuePriority: Int] {
        Dictionary(uniqueKeysWithValues: lanes.depth.map { ($0.priority, $0.count) })
    }

    // MARK: Nodes

    private mutating func slot(for key: ObjectKey) -> Int {
        let (slot, isNew) = index.insert(key)
        if isNew, slot == nodes.count { nodes.append(Node()) }
        return slot
    }

    private mutating func makeReady(
        _ slot: Int, _ priority: QueuePriority, _ reasons: ReasonSet, time: Duration
    ) {
        let before = nodes[slot]
        switch before.wish {
        case .none:
            nodes[slot].priority = priority
            nodes[slot].reasons = reasons
            nodes[slot].time = time
        case .delayed:
            merge(slot, priority, reasons)
            nodes[slot].time = time
            waitingCount -= 1
        case .ready:
            merge(slot, priority, reasons)
            nodes[slot].time = min(before.time, time)
        }
        nodes[slot].wish = .ready
        if before.wish != .ready { addedCount += 1 }
        guard !before.isOut else { return }
        if before.wish == .ready {
            guard nodes[slot].priority != before.priority else { return }
            lanes.discount(before.priority)
        } else {
            readyCount += 1
        }
        line(up: slot)
    }

    private mutating func line(up slot: Int) {
        lastTicket &+= 1
        nodes[slot].ticket = lastTicket
        lanes.append(
            FairLane.Entry(slot: UInt32(slot), ticket: lastTicket), namespace: index.key(at: slot).namespace,
            priority: nodes[slot].priority)
    }

    private mutating func wait(_ slot: Int, until due: Duration) {
        lastTicket &+= 1
        nodes[slot].ticket = lastTicket
        nodes[slot].time = due
        heap.insert(.init(due: due, slot: UInt32(slot), ticket: lastTicket))
        if heap.count > 64, heap.count > 2 * waitingCount {
            let nodes = nodes
            heap.keep { entry in
                let node = nodes[Int(entry.slot)]
                return node.wish == .delayed && node.ticket == entry.ticket
            }
        }
    }

    private func isCurrent(_ entry: DueHeap.Entry) -> Bool {
        nodes[Int(entry.slot)].wish == .delayed && nodes[Int(entry.slot)].ticket == entry.ticket
    }

    private mutating func merge(_ slot: Int, _ priority: QueuePriority, _ reasons: ReasonSet) {
        nodes[slot].priority = max(nodes[slot].priority, priority)
        nodes[slot].reasons.formUnion(reasons)
    }

    private mutating func dropIfIdle(_ slot: Int) {
        let node = nodes[slot]
        guard node.wish == .none, !node.isOut, node.failures == 0 else { return }
        nodes[slot] = Node()
        index.remove(at: slot)
        guard index.count == 0, nodes.count > 1_024 else { return }
        // After a first list of many objects the room for their keys is given back.
        index = KeyIndex()
        nodes = []
        heap = DueHeap()
        lanes.reset()
    }
}
