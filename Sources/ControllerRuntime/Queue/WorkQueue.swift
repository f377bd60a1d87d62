package import KubernetesModel

/// The keys that want a reconcile.
///
/// A value without clock or lock: the shell passes the time.
///
/// Promises: each key is handed out to one caller at a time; a key added while it is handed out is handed out again
/// after `done`; however often it is added in between, once. Higher priority first; within one priority namespaces take
/// turns; within one namespace first in, first out.
///
/// Invariants
/// - `waiting`, `ready` and `processing` say where a key is; `ready` and `processing` share no key, and neither do
///   `waiting` and `ready`: the sooner of two wishes wins;
/// - `dirty` holds keys of `processing` that go back to `ready` at `done`, and no others;
/// - `lanes` hold each ready key once under its present priority, plus entries left behind when a priority was raised,
///   which `next` passes over;
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

    private struct Wish {
        var priority: QueuePriority
        var reasons: ReasonSet
        /// When it became ready, or falls due.
        var time: Duration
        /// Tells the entry of this wish in the heap from ones left behind.
        var ticket: UInt64 = 0
    }

    private var waiting: [ObjectKey: Wish] = [:]
    private var dueHeap = DueHeap()
    private var ready: [ObjectKey: Wish] = [:]
    private var lanes: [QueuePriority: FairLane] = [:]
    private var processing: [ObjectKey: Duration] = [:]
    private var dirty: [ObjectKey: Wish] = [:]
    private var failures: [ObjectKey: Int] = [:]
    private var lastTicket: UInt64 = 0
    private let retryPolicy: RetryPolicy

    package init(retryPolicy: RetryPolicy = .key) {
        self.retryPolicy = retryPolicy
    }

    /// Wants the key as soon as possible.
    package mutating func add(_ key: ObjectKey, priority: QueuePriority, reason: ReconcileReason, now: Duration) {
        makeReady(key, Wish(priority: priority, reasons: ReasonSet([reason]), time: now))
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
        let wish = Wish(priority: priority, reasons: reasons, time: now + max(delay, .zero))
        guard delay > .zero else { return makeReady(key, wish) }
        if let earlier = ready[key] {
            makeReady(key, Self.merge(earlier, wish, time: earlier.time))
        } else if let earlier = waiting[key] {
            let merged = Self.merge(earlier, wish, time: min(earlier.time, wish.time))
            if merged.time < earlier.time { wait(key, merged) } else { waiting[key] = merged }
        } else {
            wait(key, wish)
        }
    }

    /// Wants the key again after its own backoff, and says how long that is.
    package mutating func retry(
        _ key: ObjectKey, priority: QueuePriority, reason: ReconcileReason, now: Duration,
        using random: inout some RandomNumberGenerator
    ) -> Duration {
        failures[key, default: 0] += 1
        let delay = retryPolicy.delay(failures: failures[key, default: 1], using: &random)
        add(key, after: delay, priority: priority, reason: reason, now: now)
        return delay
    }

    /// The key is well again: its next failure waits the shortest time.
    package mutating func forgetFailures(of key: ObjectKey) {
        failures[key] = nil
    }

    package func failureCount(of key: ObjectKey) -> Int { failures[key, default: 0] }

    /// Hands out the key whose turn it is.
    package mutating func next(now: Duration) -> Claim? {
        promote(now: now)
        for priority in lanes.keys.sorted(by: >) {
            while let key = lanes[priority]?.popFirst() {
                guard let wish = ready[key], wish.priority == priority else { continue }
                ready[key] = nil
                processing[key] = now
                return Claim(
                    key: key, priority: priority, reasons: wish.reasons, queuedFor: max(now - wish.time, .zero))
            }
            lanes[priority] = nil
        }
        return nil
    }

    /// Gives a key back.
    ///
    /// Returns how long it was out, nil if it was not.
    @discardableResult
    package mutating func done(_ key: ObjectKey, now: Duration) -> Duration? {
        guard let since = processing.removeValue(forKey: key) else { return nil }
        if let wish = dirty.removeValue(forKey: key) { makeReady(key, wish) }
        return now - since
    }

    /// When the earliest waiting key falls due; nil when none waits.
    package var nextDue: Duration? {
        mutating get {
            while let first = dueHeap.first {
                if waiting[first.key]?.ticket == first.ticket { return first.due }
                _ = dueHeap.popFirst()
            }
            return nil
        }
    }

    /// Ready keys by priority.
    package var depth: [QueuePriority: Int] {
        var depth: [QueuePriority: Int] = [:]
        for wish in ready.values { depth[wish.priority, default: 0] += 1 }
        return depth
    }

    package var readyCount: Int { ready.count }
    package var waitingCount: Int { waiting.count }
    package var processingCount: Int { processing.count }

    /// Since when the key that has been out longest is out.
    package var oldestProcessing: Duration? { processing.values.min() }
    /// The sum of the times that keys have been out so far.
    package func unfinishedWork(now: Duration) -> Duration { processing.values.reduce(.zero) { $0 + (now - $1) } }

    /// Makes ready what has fallen due; `next` does so too.
    package mutating func promote(now: Duration) {
        while let due = nextDue, due <= now, let entry = dueHeap.popFirst() {
            guard let wish = waiting.removeValue(forKey: entry.key) else { continue }
            makeReady(entry.key, wish)
        }
    }

    private mutating func makeReady(_ key: ObjectKey, _ wish: Wish) {
        var wish = wish
        if let later = waiting.removeValue(forKey: key) { wish = Self.merge(wish, later, time: wish.time) }
        if processing[key] != nil {
            dirty[key] = dirty[key].map { Self.merge($0, wish, time: min($0.time, wish.time)) } ?? wish
            return
        }
        let earlier = ready[key]
        let merged = earlier.map { Self.merge($0, wish, time: min($0.time, wish.time)) } ?? wish
        ready[key] = merged
        if merged.priority != earlier?.priority { lanes[merged.priority, default: FairLane()].append(key) }
    }

    private mutating func wait(_ key: ObjectKey, _ wish: Wish) {
        var wish = wish
        lastTicket += 1
        wish.ticket = lastTicket
        waiting[key] = wish
        dueHeap.insert(.init(due: wish.time, ticket: wish.ticket, key: key))
        if dueHeap.count > 64, dueHeap.count > 2 * waiting.count {
            let tickets = waiting.mapValues(\.ticket)
            dueHeap.keep { tickets[$0.key] == $0.ticket }
        }
    }

    private static func merge(_ earlier: Wish, _ later: Wish, time: Duration) -> Wish {
        var merged = earlier
        merged.priority = max(earlier.priority, later.priority)
        merged.reasons.formUnion(later.reasons)
        merged.time = time
        return merged
    }
}
