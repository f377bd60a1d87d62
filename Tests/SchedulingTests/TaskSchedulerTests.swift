import Primitives
import Scheduling
import Testing

struct TaskSchedulerTests {
    private static func entry(_ key: String, _ namespace: String = "a", _ priority: Int = 3, since: Int = 0)
        -> QueuedEntry
    {
        QueuedEntry(key: key, namespace: namespace, priority: priority, since: .seconds(since))
    }

    private static func order(
        _ entries: [QueuedEntry], ageing: Duration = .zero, now: Duration = .zero
    ) -> [String] {
        var scheduler = TaskScheduler(ageing: ageing)
        let workers = [WorkerCapacity(name: "w", freeSlots: entries.count)]
        return scheduler.plan(entries: entries, workers: workers, now: now).assignments.map(\.key)
    }

    @Test func higherPriorityFirstThenOldestThenKey() {
        let entries = [
            Self.entry("low", "a", 1, since: 0), Self.entry("late", "a", 5, since: 9),
            Self.entry("z", "a", 5, since: 1), Self.entry("b", "a", 5, since: 1),
        ]
        #expect(Self.order(entries) == ["b", "z", "late", "low"])
    }

    @Test func namespacesTakeTurns() {
        let entries = (0..<3).map { Self.entry("a\($0)", "a", since: $0) } + [Self.entry("b0", "b", since: 50)]
        #expect(Self.order(entries) == ["a0", "b0", "a1", "a2"])
    }

    @Test func waitingRaisesThePriorityOneStepEachAgeing() {
        let scheduler = TaskScheduler(ageing: .seconds(10))
        let entry = Self.entry("k", "a", 2)
        #expect(scheduler.effectivePriority(of: entry, now: .milliseconds(9_999)) == 2)
        #expect(scheduler.effectivePriority(of: entry, now: .seconds(10)) == 3)
        #expect(scheduler.effectivePriority(of: entry, now: .seconds(1_000_000)) == 5)
        #expect(TaskScheduler(ageing: .zero).effectivePriority(of: entry, now: .seconds(100)) == 2)
        #expect(scheduler.effectivePriority(of: Self.entry("k", "a", 9), now: .zero) == 5)
        #expect(scheduler.effectivePriority(of: Self.entry("k", "a", -3), now: .zero) == 1)
    }

    @Test func workersFillEvenlyAndTheRestLearnTheirPlace() {
        var scheduler = TaskScheduler(ageing: .zero)
        let plan = scheduler.plan(
            entries: (0..<6).map { Self.entry("t\($0)", since: $0) },
            workers: [
                .init(name: "two", freeSlots: 1), .init(name: "full", freeSlots: 0), .init(name: "one", freeSlots: 2),
            ],
            now: .seconds(9))
        #expect(
            plan.assignments == [
                .init(key: "t0", worker: "one"), .init(key: "t1", worker: "one"), .init(key: "t2", worker: "two"),
            ])
        #expect(plan.positions == ["t3": 1, "t4": 2, "t5": 3])
    }

    @Test func turnsAreRememberedBetweenPlans() {
        var scheduler = TaskScheduler(ageing: .zero)
        var waiting = [Self.entry("a0", "a"), Self.entry("a1", "a"), Self.entry("b0", "b"), Self.entry("b1", "b")]
        var served: [String] = []
        while !waiting.isEmpty {
            let plan = scheduler.plan(entries: waiting, workers: [.init(name: "w", freeSlots: 1)], now: .zero)
            served += plan.assignments.map(\.key)
            waiting.removeAll { served.contains($0.key) }
        }
        #expect(served == ["a0", "b0", "a1", "b1"])
    }

    /// A namespace that sends one task at a time must not look new each time.
    @Test func oneByOneSenderDoesNotStarveALongLine() {
        var scheduler = TaskScheduler(ageing: .zero)
        var line = (0..<10).map { Self.entry("b\($0)", "b", 5, since: $0) }
        var served: [String: Int] = [:]
        for round in 0..<20 {
            let entries = line + [Self.entry("a\(round)", "a", 5, since: round)]
            let plan = scheduler.plan(entries: entries, workers: [.init(name: "w", freeSlots: 1)], now: .zero)
            for assignment in plan.assignments {
                served[String(assignment.key.prefix(1)), default: 0] += 1
                line.removeAll { $0.key == assignment.key }
            }
        }
        #expect(served == ["a": 10, "b": 10])
    }

    @Test(arguments: UInt64(1)...40)
    func seededLoadIsFairAndDeterministicAndLosesNothing(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var scheduler = TaskScheduler(ageing: .zero)
        var waiting: [QueuedEntry] = []
        var created = 0
        var served = Set<String>()
        var turnsSince: [String: [String: Int]] = [:]
        for step in 0..<200 {
            for _ in 0..<Int.random(in: 0...3, using: &random) where created < 300 {
                let namespace = "n\(Int.random(in: 0..<5, using: &random))"
                waiting.append(Self.entry("t\(created)", namespace, 3, since: step))
                created += 1
            }
            let workers = (0..<2).map {
                WorkerCapacity(name: "w\($0)", freeSlots: Int.random(in: 0...1, using: &random))
            }
            var twin = scheduler
            let plan = scheduler.plan(entries: waiting, workers: workers, now: .seconds(step))
            let twinPlan = twin.plan(
                entries: waiting.shuffled(using: &random), workers: workers.reversed(), now: .seconds(step))
            #expect(plan == twinPlan)
            #expect(plan.assignments.count == min(waiting.count, workers.map(\.freeSlots).reduce(0, +)))
            #expect(Set(plan.positions.values) == Set(1..<(1 + waiting.count - plan.assignments.count)))
            let namespaces = Dictionary(uniqueKeysWithValues: waiting.map { ($0.key, $0.namespace) })
            for assignment in plan.assignments {
                #expect(served.insert(assignment.key).inserted)
                let turn = namespaces[assignment.key, default: ""]
                turnsSince[turn] = [:]
                for other in Set(waiting.map(\.namespace)) where other != turn {
                    turnsSince[other, default: [:]][turn, default: 0] += 1
                    #expect(turnsSince[other]?[turn] ?? 0 <= 1, "\(other) was overtaken twice by \(turn)")
                }
                waiting.removeAll { $0.key == assignment.key }
            }
            for gone in turnsSince.keys where !waiting.contains(where: { $0.namespace == gone }) {
                turnsSince[gone] = nil
            }
        }
        #expect(served.count + waiting.count == created)
    }

    /// A flood of urgent tasks in the same namespace: the humble one still runs once it has aged to the top.
    @Test(arguments: 1...5)
    func nothingStarvesUnderAFloodOfUrgentTasks(priority: Int) {
        var scheduler = TaskScheduler(ageing: .seconds(10))
        var waiting = [Self.entry("humble", "a", priority)]
        for second in 0..<200 {
            waiting.append(Self.entry("urgent\(second)", "a", 5, since: second))
            waiting.append(Self.entry("other\(second)", "b", 5, since: second))
            let plan = scheduler.plan(
                entries: waiting, workers: [.init(name: "w", freeSlots: 1)], now: .seconds(second))
            let keys = Set(plan.assignments.map(\.key))
            waiting.removeAll { keys.contains($0.key) }
            if keys.contains("humble") {
                #expect(second <= (5 - priority) * 10 + 21)
                return
            }
        }
        Issue.record("priority \(priority) starved")
    }
}
