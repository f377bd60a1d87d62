import ControllerRuntime
import KubernetesModel
import LifecycleTesting
import Primitives
import SchedulingTesting
import Telemetry
import Testing

@Suite(.ownThread) struct KeyedQueueTests {
    private let time = ManualTimeSource()
    private static let key = ObjectKey(namespace: "a", name: "k")

    @Test func waitingWorkerGetsTheKeyThatIsAdded() async {
        let queue = KeyedQueue(name: "q", time: time, seed: 1)
        async let claim = queue.next()
        await Task.yield()
        queue.add(Self.key, reason: .init("test"))
        #expect(await claim?.key == Self.key)
    }

    @Test func delayedKeyIsHandedOverWhenItFallsDue() async throws {
        let queue = KeyedQueue(name: "q", time: time, seed: 1)
        try await running([{ await queue.run() }]) {
            async let claim = queue.next()
            queue.add(Self.key, after: .seconds(10), reason: .init("late"))
            queue.add(Self.key, after: .seconds(5), reason: .init("sooner"))
            await eventually("the clock waits for the sooner time") { time.untilNextWake == .seconds(5) }
            time.advance(by: .seconds(5))
            #expect(await claim?.reasons.description == "late; sooner")
        }
    }

    @Test func shutdownAndCancellationFreeTheWorkers() async {
        let queue = KeyedQueue(name: "q", time: time, seed: 1)
        let cancelled = await withTaskGroup(of: KeyedQueue.Claim?.self) { group in
            group.addTask { await queue.next() }
            group.cancelAll()
            return await group.next() ?? nil
        }
        #expect(cancelled == nil)
        async let freed = queue.next()
        queue.shutDown()
        #expect(await freed == nil)
        queue.add(Self.key, reason: .init("too late"))
        #expect(await queue.next() == nil)
    }

    @Test func postponingNeitherCountsNorForgetsFailures() async throws {
        let queue = KeyedQueue(name: "q", time: time, seed: 1)
        queue.add(Self.key, reason: .init("first"))
        let first = try #require(await queue.next())
        queue.finish(first, .retry(.init("retry")))
        #expect(queue.failureCount(of: Self.key) == 1)
        queue.add(Self.key, reason: .init("again"))
        let second = try #require(await queue.next())
        queue.finish(second, .postponed(.seconds(1), second.reasons))
        #expect(queue.failureCount(of: Self.key) == 1)
        time.advance(by: .seconds(1))
        let third = try #require(await queue.next())
        #expect(third.reasons == second.reasons)
        queue.finish(third, .done)
        #expect(queue.failureCount(of: Self.key) == 0)
    }

    /// The numbers outlive the queues of a term.
    @Test func whatAQueueLeavesBehindReadsZero() async throws {
        let metrics = MetricsRegistry()
        let names = [
            #"workqueue_depth{name="widgets",controller="widgets",priority="0"} "#,
            #"workqueue_depth{name="widgets",controller="widgets",priority="7"} "#,
            #"workqueue_unfinished_work_seconds{name="widgets",controller="widgets"} "#,
            #"workqueue_longest_running_processor_seconds{name="widgets",controller="widgets"} "#,
            #"controller_keys_overdue{controller="widgets"} "#,
        ]
        func shown() -> [String] {
            let lines = metrics.prometheusText().split(separator: "\n")
            return names.map { name in
                lines.first { $0.hasPrefix(name) }.map { String($0.dropFirst(name.count)) } ?? "none"
            }
        }
        do {
            let queue = KeyedQueue(name: "widgets", time: time, metrics: metrics, seed: 1)
            for (name, priority) in [("urgent", 7), ("more", 7), ("usual", Int16(0))] {
                queue.add(
                    ObjectKey(namespace: "a", name: name), priority: QueuePriority(priority), reason: .init("test"))
            }
            _ = try #require(await queue.next())
            time.advance(by: .seconds(1_000))
            #expect(shown() == ["1", "1", "1000", "1000", "3"])
            withExtendedLifetime(queue) {}
        }
        #expect(shown() == ["0", "0", "0", "0", "0"])
    }

    @Test func numbersHaveTheKnownNames() async throws {
        let metrics = MetricsRegistry()
        let queue = KeyedQueue(name: "widgets", time: time, metrics: metrics, seed: 1)
        queue.add(Self.key, reason: .init("test"))
        for _ in 0..<3 { queue.add(ObjectKey(namespace: "a", name: "other"), reason: .init("test")) }
        let claim = try #require(await queue.next())
        time.advance(by: .seconds(3))
        let text = metrics.prometheusText()
        for line in [
            #"workqueue_depth{name="widgets",controller="widgets",priority="0"} 1"#,
            #"workqueue_adds_total{name="widgets",controller="widgets"} 2"#,
            #"workqueue_retries_total{name="widgets",controller="widgets"} 0"#,
            #"workqueue_longest_running_processor_seconds{name="widgets",controller="widgets"} 3"#,
            #"workqueue_queue_duration_seconds_count{name="widgets",controller="widgets"} 1"#,
        ] {
            #expect(text.contains(line + "\n"), "\(line) is not in\n\(text)")
        }
        queue.finish(claim, .done)
    }

    /// As others count: what was really added, also by the queue itself, and nothing twice.
    @Test func whatIsAddedIsCountedOnce() async throws {
        let metrics = MetricsRegistry()
        let added = { @Sendable () -> Double in
            _ = metrics.prometheusText()
            return metrics.counter("workqueue_adds_total", "", labels: ["name", "controller"]).value(["q", "q"])
        }
        do {
            let queue = KeyedQueue(name: "q", time: time, metrics: metrics, seed: 1)
            queue.add(Self.key, reason: .init("test"))
            queue.add(Self.key, reason: .init("test"))
            queue.add(Self.key, after: .seconds(5), reason: .init("test"))
            #expect(added() == 1)
            let first = try #require(await queue.next())
            queue.add(Self.key, reason: .init("while it is out"))
            #expect(added() == 2)
            queue.finish(first, .done)
            let second = try #require(await queue.next())
            queue.finish(second, .again(after: .seconds(5), .init("timer")))
            queue.add(Self.key, after: .seconds(3), reason: .init("sooner"))
            #expect(added() == 2, "due later")
            time.advance(by: .seconds(3))
            let third = try #require(await queue.next())
            #expect(added() == 3)
            queue.finish(third, .done)
            queue.add(Self.key, reason: .init("last"))
        }
        #expect(added() == 4, "also what no look at the numbers came to see")
    }
}
