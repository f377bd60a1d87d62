import Primitives
import Scheduling
import Testing

@Suite struct WaitingLineTests {
    private static func entry(_ key: String, _ namespace: String = "a", _ priority: Int = 3, since: Int = 0)
        -> QueuedEntry
    {
        QueuedEntry(key: key, namespace: namespace, priority: priority, since: .seconds(since))
    }

    private static func order(
        _ entries: [QueuedEntry], ageing: Duration = .zero, now: Duration = .zero
    ) -> [String] {
        var line = WaitingLine(ageing: ageing)
        for entry in entries { line.join(entry) }
        var order: [String] = []
        while let next = line.take(now: now) { order.append(next.key) }
        return order
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
        let line = WaitingLine(ageing: .seconds(10))
        let entry = Self.entry("k", "a", 2)
        let cases: [(Duration, Int)] = [
            (.milliseconds(9_999), 2), (.seconds(10), 3), (.seconds(20), 4), (.seconds(1_000_000), 5),
        ]
        for (now, priority) in cases { #expect(line.effectivePriority(of: entry, now: now) == priority, "\(now)") }
        #expect(WaitingLine(ageing: .zero).effectivePriority(of: entry, now: .seconds(100)) == 2)
        #expect(line.effectivePriority(of: Self.entry("k", "a", 9), now: .zero) == 5)
        #expect(line.effectivePriority(of: Self.entry("k", "a", -3), now: .zero) == 1)
    }

    /// A namespace that sends one task at a time must not look new each time.
    @Test func oneByOneSenderDoesNotStarveALongLine() {
        var line = WaitingLine(ageing: .zero)
        for index in 0..<10 { line.join(Self.entry("b\(index)", "b", 5, since: index)) }
        var served: [String: Int] = [:]
        for round in 0..<20 {
            line.join(Self.entry("a\(round)", "a", 5, since: round))
            if let next = line.take(now: .zero) { served[next.namespace, default: 0] += 1 }
        }
        #expect(served == ["a": 10, "b": 10])
    }

    /// The same tasks come out in the same order as by the definition, whatever came, changed and went before.
    @Test(arguments: UInt64(1)...60)
    func everyHistoryGivesTheOrderOfTheDefinition(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let ageing = [Duration.zero, .seconds(3), .milliseconds(333)][Int(seed % 3)]
        var line = WaitingLine(ageing: ageing)
        var linear = LinearLine(ageing: ageing)
        var now = Duration.seconds(1)
        for step in 0..<400 {
            now += .milliseconds(Int.random(in: 0...700, using: &random))
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                let entry = QueuedEntry(
                    key: "t\(step)", namespace: "n\(Int.random(in: 0..<6, using: &random))",
                    priority: Int.random(in: 0...6, using: &random),
                    // Clocks differ: some have waited longer than we have been looking, some come from the future.
                    since: now + .milliseconds(Int.random(in: -2_000...500, using: &random)))
                line.join(entry)
                linear.join(entry)
            case 5:
                guard var changed = linear.entries.randomElement(using: &random) else { continue }
                changed.priority = Int.random(in: 1...5, using: &random)
                line.join(changed)
                linear.join(changed)
            case 6:
                guard let gone = linear.entries.randomElement(using: &random) else { continue }
                line.leave(gone.key)
                linear.leave(gone.key)
            default:
                let expected = linear.take(now: now)
                guard line.take(now: now) == expected else {
                    Issue.record("step \(step): expected \(expected?.key ?? "none")")
                    return
                }
            }
            let counts = Dictionary(grouping: linear.entries, by: \.asked).mapValues(\.count)
            guard line.count == linear.entries.count, line.counts == counts,
                line.oldestSince() == linear.entries.map(\.since).min()
            else {
                Issue.record("step \(step): the figures differ")
                return
            }
        }
        while let expected = linear.take(now: now) { #expect(line.take(now: now) == expected) }
        #expect(line.take(now: now) == nil)
    }

    /// The place told is the one the task gets, as long as nobody else comes and no other priority takes turns.
    @Test(arguments: UInt64(1)...30)
    func thePlaceToldIsThePlaceTaken(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var line = WaitingLine(ageing: .zero)
        for index in 0..<Int.random(in: 0...40, using: &random) {
            line.join(Self.entry("t\(index)", "n\(Int.random(in: 0..<4, using: &random))", since: index))
        }
        for _ in 0..<Int.random(in: 0...10, using: &random) { _ = line.take(now: .zero) }
        let new = Self.entry("new", "n\(Int.random(in: 0..<5, using: &random))", since: 100)
        let told = line.place(ofNew: new, now: .zero)
        line.join(new)
        var place = 1
        while let next = line.take(now: .zero), next.key != "new" { place += 1 }
        #expect(told == place)
    }

    @Test func higherPrioritiesCountForThePlaceAndLowerOnesDoNot() {
        var line = WaitingLine(ageing: .zero)
        for (index, priority) in [5, 4, 3, 2, 1].enumerated() { line.join(Self.entry("t\(index)", "a", priority)) }
        let places = (1...5).map { line.place(ofNew: Self.entry("new", "a", $0, since: 9), now: .seconds(9)) }
        #expect(places == [6, 5, 4, 3, 2])
    }

    /// A flood of urgent tasks in the same namespace: the humble one still runs once it has aged to the top.
    @Test(arguments: 1...5)
    func nothingStarvesUnderAFloodOfUrgentTasks(priority: Int) {
        var line = WaitingLine(ageing: .seconds(10))
        line.join(Self.entry("humble", "a", priority))
        for second in 0..<200 {
            line.join(Self.entry("urgent\(second)", "a", 5, since: second))
            line.join(Self.entry("other\(second)", "b", 5, since: second))
            if line.take(now: .seconds(second))?.key == "humble" {
                #expect(second <= (5 - priority) * 10 + 21)
                return
            }
        }
        Issue.record("priority \(priority) starved")
    }

    /// Namespaces that come and go leave no memory behind.
    @Test func turnsOfNamespacesLongGoneAreForgotten() {
        var line = WaitingLine(ageing: .zero)
        line.join(Self.entry("patient", "a", 1))
        for index in 0..<2_000 {
            line.join(Self.entry("t\(index)", "n\(index)", 5))
            _ = line.take(now: .zero)
            // Whoever waits is served now and then, and the turns before that are of no use any more.
            guard index % 50 == 0 else { continue }
            line.join(Self.entry("a\(index)", "a", 5))
            _ = line.take(now: .zero)
        }
        #expect(line.rememberedTurns <= 200)
    }

    @Test func workersWithTheMostRoomComeFirst() {
        var slots = WorkerSlots([
            .init(name: "two", freeSlots: 1), .init(name: "full", freeSlots: 0), .init(name: "one", freeSlots: 2),
        ])
        var taken: [String] = []
        while let worker = slots.takeLeastLoaded() { taken.append(worker) }
        #expect(taken == ["one", "one", "two"])
    }

    @Test func workersTakeTurns() {
        let workers = (0..<3).map { WorkerCapacity(name: "w\($0)", freeSlots: $0 == 1 ? 0 : 2) }
        var turn = 2
        var slots = WorkerSlots(workers)
        var taken: [String] = []
        while let worker = slots.takeNext(&turn) { taken.append(worker) }
        #expect(taken == ["w2", "w0", "w2", "w0"])
        #expect(turn == 1)
    }
}
