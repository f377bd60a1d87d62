import Lifecycle
import LifecycleTesting
import Primitives
import Testing

@Suite(.timeLimit(.minutes(1))) struct TimeTests {
    @Test func backoffGrowsToItsBoundAndStartsAnew() {
        var generator = SeededGenerator(seed: 1)
        var backoff = Backoff(initial: .milliseconds(100), factor: 2, max: .seconds(1), jitter: 0)
        let waits = (0..<6).map { _ in backoff.next(using: &generator) }
        #expect(waits == [100, 200, 400, 800, 1_000, 1_000].map { .milliseconds($0) })
        backoff.reset()
        #expect(backoff.next(using: &generator) == .milliseconds(100))
    }

    @Test func backoffNeverOverflowsAndJitterStaysInside() {
        var generator = SeededGenerator(seed: 7)
        var backoff = Backoff(initial: .seconds(1), factor: 10, max: .seconds(300), jitter: 0.5)
        var seen: Set<Duration> = []
        for step in 0..<10_000 {
            let wait = backoff.next(using: &generator)
            #expect(wait <= .seconds(300))
            if step > 5 {
                #expect(wait >= .seconds(150))
                seen.insert(wait)
            }
        }
        #expect(seen.count > 1_000)
    }

    @Test func deadlineCancelsTheBody() async {
        let time = ManualTimeSource()
        let wasCancelled = Locked(false)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect(throws: DeadlineExceeded(after: .seconds(3))) {
                    try await withDeadline(.seconds(3), time: time) {
                        for await _ in AsyncStream<Never>.makeStream().stream {}
                        wasCancelled.withLock { $0 = Task.isCancelled }
                    }
                }
            }
            await time.waitForSleepers()
            time.advance(by: .seconds(3))
        }
        #expect(wasCancelled.withLock { $0 })
    }

    @Test func deadlineHandsOnValuesAndErrors() async throws {
        struct Own: Error {}
        let time = ManualTimeSource()
        #expect(try await withDeadline(.seconds(1), time: time) { 5 } == 5)
        await #expect(throws: Own.self) { try await withDeadline(.seconds(1), time: time) { throw Own() } }
        #expect(time.sleeperCount == 0)
    }

    /// How long to wait may be somebody else's to say, as in `Retry-After`: no number of seconds is a trap.
    @Test(arguments: [Duration.seconds(Int64.max), .seconds(1 << 40), .seconds(Int64.min)])
    func noSleepIsTooLong(duration: Duration) async throws {
        let bodies: [@Sendable () async throws -> Void] = [
            { try await SystemTimeSource().sleep(for: duration) },
            { try await TaskThread.run(name: "test") { try await $0.sleep(for: duration) } },
        ]
        for body in bodies {
            guard duration > .zero else {
                try await body()
                continue
            }
            await #expect(throws: DeadlineExceeded.self) {
                try await withDeadline(.milliseconds(50), time: SystemTimeSource(), body)
            }
        }
    }

    @Test func manualTimeWakesInOrder() async {
        let time = ManualTimeSource()
        let woken = AsyncStream<Int>.makeStream()
        await withTaskGroup(of: Void.self) { group in
            for seconds in [3, 1, 2] {
                group.addTask {
                    do { try await time.sleep(for: .seconds(seconds)) } catch { return }
                    woken.continuation.yield(seconds)
                }
            }
            await time.waitForSleepers(3)
            #expect(time.untilNextWake == .seconds(1))
            var order: [Int] = []
            for _ in 0..<3 {
                time.advance(by: .seconds(1))
                for await seconds in woken.stream {
                    order.append(seconds)
                    break
                }
            }
            #expect(order == [1, 2, 3])
        }
        #expect(time.monotonicNow() == .seconds(3))
    }

    @Test func cancelledSleepEndsAtOnce() async {
        let time = ManualTimeSource()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await #expect(throws: CancellationError.self) { try await time.sleep(for: .seconds(1)) } }
            group.cancelAll()
        }
        #expect(time.sleeperCount == 0)
    }
}
