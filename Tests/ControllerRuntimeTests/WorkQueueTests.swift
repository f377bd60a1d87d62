import ControllerRuntime
import KubernetesModel
import Primitives
import Testing

struct WorkQueueTests {
    private static let why = ReconcileReason("test")
    private static func key(_ name: String, _ namespace: String = "a") -> ObjectKey {
        ObjectKey(namespace: namespace, name: name)
    }

    private static func drain(_ queue: inout WorkQueue, now: Duration = .zero) -> [String] {
        var order: [String] = []
        while let claim = queue.next(now: now) {
            order.append(claim.key.name)
            queue.done(claim.key, now: now)
        }
        return order
    }

    @Test func addedTwiceComesOnceWithBothReasons() {
        var queue = WorkQueue()
        queue.add(Self.key("k"), priority: .initial, reason: .init("list"), now: .zero)
        queue.add(Self.key("k"), priority: .live, reason: .init("watch"), now: .seconds(1))
        let claim = queue.next(now: .seconds(3))
        #expect(claim?.priority == .live)
        #expect(claim?.queuedFor == .seconds(3))
        #expect(claim?.reasons.description == "list; watch")
        #expect(queue.next(now: .seconds(3)) == nil)
    }

    @Test func keyInHandIsHandedOutAgainOnlyAfterDone() {
        var queue = WorkQueue()
        queue.add(Self.key("k"), priority: .live, reason: Self.why, now: .zero)
        #expect(queue.next(now: .zero) != nil)
        queue.add(Self.key("k"), priority: .live, reason: Self.why, now: .zero)
        queue.add(Self.key("k"), priority: .live, reason: Self.why, now: .zero)
        #expect(queue.next(now: .zero) == nil)
        #expect(queue.done(Self.key("k"), now: .seconds(2)) == .seconds(2))
        #expect(queue.next(now: .zero) != nil)
        queue.done(Self.key("k"), now: .zero)
        #expect(queue.next(now: .zero) == nil)
    }

    @Test func soonerOfTwoWishesWins() {
        var queue = WorkQueue()
        queue.add(Self.key("k"), after: .seconds(10), priority: .live, reason: Self.why, now: .zero)
        queue.add(Self.key("k"), after: .seconds(5), priority: .live, reason: Self.why, now: .zero)
        queue.add(Self.key("k"), after: .seconds(20), priority: .live, reason: Self.why, now: .zero)
        #expect(queue.nextDue == .seconds(5))
        #expect(queue.next(now: .milliseconds(4_999)) == nil)
        queue.add(Self.key("k"), priority: .live, reason: Self.why, now: .seconds(1))
        #expect(queue.nextDue == nil)
        #expect(Self.drain(&queue, now: .seconds(1)) == ["k"])
        #expect(Self.drain(&queue, now: .seconds(100)) == [])
    }

    @Test func priorityThenTurnsThenArrival() {
        var queue = WorkQueue()
        for name in ["a1", "a2", "a3"] { queue.add(Self.key(name), priority: .live, reason: Self.why, now: .zero) }
        queue.add(Self.key("b1", "b"), priority: .live, reason: Self.why, now: .zero)
        queue.add(Self.key("b2", "b"), priority: .initial, reason: Self.why, now: .zero)
        queue.add(Self.key("a4"), priority: .init(5), reason: Self.why, now: .zero)
        #expect(Self.drain(&queue) == ["a4", "a1", "b1", "a2", "a3", "b2"])
    }

    @Test func onlyRetryCostsARetry() {
        var queue = WorkQueue(retryPolicy: .init(initial: .seconds(1), cap: .seconds(6), jitter: 0))
        var random = SeededGenerator(seed: 1)
        var delays: [Duration] = []
        for _ in 0..<5 {
            queue.add(Self.key("k"), priority: .live, reason: Self.why, now: .zero)
            _ = queue.next(now: .zero)
            delays.append(queue.retry(Self.key("k"), priority: .live, reason: Self.why, now: .zero, using: &random))
            queue.done(Self.key("k"), now: .zero)
        }
        #expect(delays == [.seconds(1), .seconds(2), .seconds(4), .seconds(6), .seconds(6)])
        queue.forgetFailures(of: Self.key("k"))
        #expect(
            queue.retry(Self.key("k"), priority: .live, reason: Self.why, now: .zero, using: &random) == .seconds(1))
    }

    /// Live news without end must not keep the keys of the first list waiting for ever.
    @Test func lowPriorityGetsATurnAfterItsAge() {
        var queue = WorkQueue(ageing: .seconds(10))
        for number in 0..<3 {
            queue.add(Self.key("low\(number)"), priority: .initial, reason: Self.why, now: .zero)
        }
        var order: [String] = []
        for second in 0..<40 {
            queue.add(Self.key("live\(second)"), priority: .live, reason: Self.why, now: .seconds(second))
            guard let claim = queue.next(now: .seconds(second)) else { break }
            order.append(claim.key.name)
            queue.done(claim.key, now: .seconds(second))
        }
        let turns = order.indices.filter { order[$0].hasPrefix("low") }
        #expect(turns == [10, 15, 20], "not before ten seconds, then one in five")
        #expect(queue.readyCount == 3)
    }

    @Test func raisedKeyLeavesNothingBehind() {
        var queue = WorkQueue()
        for number in 0..<5 {
            queue.add(Self.key("k\(number)"), priority: .initial, reason: Self.why, now: .zero)
        }
        queue.add(Self.key("k3"), priority: .live, reason: Self.why, now: .zero)
        queue.add(Self.key("k3"), priority: .initial, reason: Self.why, now: .zero)
        #expect(queue.depth == [.live: 1, .initial: 4])
        #expect(Self.drain(&queue) == ["k3", "k0", "k1", "k2", "k4"])
        #expect(queue.depth.values.allSatisfy { $0 == 0 })
    }

    @Test func keysPastTheirDeadlineAreTold() {
        var queue = WorkQueue()
        let patience = WorkQueue.Patience(ready: .seconds(60), processing: .seconds(90), due: .seconds(30))
        queue.add(Self.key("out"), priority: .live, reason: Self.why, now: .zero)
        _ = queue.next(now: .zero)
        queue.add(Self.key("ready"), priority: .live, reason: Self.why, now: .zero)
        queue.add(Self.key("later"), after: .seconds(40), priority: .live, reason: Self.why, now: .zero)
        let names = [60, 70, 71, 91].map { second in
            queue.overdue(now: .seconds(second), patience).map(\.name).sorted()
        }
        #expect(names == [[], ["ready"], ["later", "ready"], ["later", "out", "ready"]])
    }

    @Test func snapshotSaysWhereEachKeyIsAndWhy() {
        var queue = WorkQueue(retryPolicy: .init(initial: .seconds(5), cap: .seconds(5), jitter: 0))
        var random = SeededGenerator(seed: 1)
        queue.add(Self.key("out"), priority: .live, reason: .init("watch", "1"), now: .zero)
        _ = queue.next(now: .zero)
        queue.add(Self.key("out"), priority: .live, reason: .init("watch", "2"), now: .zero)
        _ = queue.retry(Self.key("failed"), priority: .live, reason: .init("retry"), now: .zero, using: &random)
        queue.add(Self.key("ready"), priority: .initial, reason: .init("list"), now: .zero)
        let known = queue.snapshot(now: .seconds(2), limit: 10)
        #expect(known.map(\.key.name) == ["out", "failed", "ready"])
        #expect(known.map(\.place) == [.dirty, .waiting, .ready])
        #expect(known.map(\.time) == [.seconds(2), .seconds(3), .seconds(2)])
        #expect(known.map(\.failures) == [0, 1, 0])
        #expect(known.map(\.reasons.description) == ["watch: 2", "retry", "list"])
        #expect(queue.snapshot(now: .zero, limit: 1).count == 1)
    }

    @Test func reasonsAreBounded() {
        var set = ReasonSet()
        for number in 0..<100 { set.insert(.init("watch", "\(number)")) }
        #expect(set.reasons.count == ReasonSet.limit)
        #expect(set.omitted == 100 - ReasonSet.limit)
    }

    @Test(arguments: UInt64(1)...60)
    func randomScheduleMatchesNaiveModel(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var queue = WorkQueue(retryPolicy: .init(initial: .seconds(1), cap: .seconds(8), jitter: 0))
        var model = NaiveQueue()
        var now = Duration.zero
        var inHand: [ObjectKey] = []
        for _ in 0..<800 {
            let key = Self.key("k\(Int.random(in: 0..<8, using: &random))", "n\(Int.random(in: 0..<3, using: &random))")
            switch Int.random(in: 0..<8, using: &random) {
            case 0, 1:
                let priority = QueuePriority(Int16.random(in: -1...1, using: &random))
                queue.add(key, priority: priority, reason: Self.why, now: now)
                model.add(key, at: now, now: now)
            case 2:
                let delay = Duration.seconds(Int.random(in: 0...5, using: &random))
                queue.add(key, after: delay, priority: .live, reason: Self.why, now: now)
                model.add(key, at: now + delay, now: now)
            case 3:
                now += .seconds(Int.random(in: 0...3, using: &random))
            case 4, 5:
                let claim = queue.next(now: now)
                let allowed = model.ready(now: now)
                if let claim {
                    #expect(allowed.contains(claim.key), "handed out a key nobody wants or that is in hand")
                    model.claim(claim.key)
                    inHand.append(claim.key)
                } else {
                    #expect(allowed.isEmpty, "kept back \(allowed)")
                }
            default:
                guard !inHand.isEmpty else { continue }
                let key = inHand.remove(at: Int.random(in: 0..<inHand.count, using: &random))
                if Bool.random(using: &random) {
                    let delay = queue.retry(key, priority: .live, reason: Self.why, now: now, using: &random)
                    model.add(key, at: now + delay, now: now)
                }
                queue.done(key, now: now)
                model.processing.remove(key)
            }
            #expect(queue.readyCount + queue.waitingCount <= model.wanted.count)
        }
        for key in inHand {
            queue.done(key, now: now)
            model.processing.remove(key)
        }
        now += .seconds(1_000)
        var rest = Set<ObjectKey>()
        while let claim = queue.next(now: now) {
            rest.insert(claim.key)
            queue.done(claim.key, now: now)
        }
        #expect(rest == model.ready(now: now), "a key was lost")
    }

    /// Between two turns of a namespace that has ready keys, no other gets two.
    @Test(arguments: UInt64(1)...20)
    func turnsAreFair(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var queue = WorkQueue()
        var left: [String: Int] = [:]
        for number in 0..<400 {
            let namespace = "n\(min(Int.random(in: 0..<4, using: &random), Int.random(in: 0..<4, using: &random)))"
            queue.add(Self.key("k\(number)", namespace), priority: .live, reason: Self.why, now: .zero)
            left[namespace, default: 0] += 1
        }
        var overtaken: [String: [String: Int]] = [:]
        while let claim = queue.next(now: .zero) {
            let turn = claim.key.namespace
            queue.done(claim.key, now: .zero)
            left[turn, default: 0] -= 1
            overtaken[turn] = [:]
            for other in left.keys where other != turn && left[other] != 0 {
                overtaken[other, default: [:]][turn, default: 0] += 1
                #expect(overtaken[other]?[turn] == 1)
            }
        }
        #expect(left.values.allSatisfy { $0 == 0 })
    }
}

/// What the queue promises, written the slow way: when each key is wanted, and which are in hand.
private struct NaiveQueue {
    var wanted: [ObjectKey: Duration] = [:]
    var processing = Set<ObjectKey>()

    mutating func add(_ key: ObjectKey, at time: Duration, now: Duration) {
        wanted[key] = min(wanted[key] ?? time, time)
    }

    func ready(now: Duration) -> Set<ObjectKey> {
        Set(wanted.filter { $0.value <= now && !processing.contains($0.key) }.keys)
    }

    mutating func claim(_ key: ObjectKey) {
        wanted[key] = nil
        processing.insert(key)
    }
}
