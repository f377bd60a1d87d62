import Glibc
import Lifecycle
import Primitives
import Testing

/// A thread that keeps its tasks going whatever the cooperative pool does.
@Suite(.timeLimit(.minutes(1))) struct TaskThreadTests {
    private static func threadNumber() -> UInt { UInt(pthread_self()) }

    @Test func tasksTheirChildrenAndTheirSleepsAreOnTheOneThread() async throws {
        let seen = Locked<Set<UInt>>([])
        let note: @Sendable () -> Void = { seen.withLock { _ = $0.insert(Self.threadNumber()) } }
        try await TaskThread.run(name: "test") { thread in
            try await thread.sleep(for: .milliseconds(2))
            note()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for delay in 1...5 {
                    group.addTask {
                        note()
                        try await thread.sleep(for: .milliseconds(delay))
                        note()
                    }
                }
                try await group.waitForAll()
            }
            await Task.yield()
            note()
        }
        #expect(seen.withLock { $0.count } == 1)
    }

    @Test func sleepersWakeInTheOrderOfTheirTimes() async throws {
        let woken = Locked<[Int]>([])
        try await TaskThread.run(name: "test") { thread in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for delay in [30, 10, 20] {
                    group.addTask {
                        try await thread.sleep(for: .milliseconds(delay))
                        woken.withLock { $0.append(delay) }
                    }
                }
                try await group.waitForAll()
            }
        }
        #expect(woken.withLock { $0 } == [10, 20, 30])
    }

    @Test func cancellationWakesASleeperAtOnce() async throws {
        try await TaskThread.run(name: "test") { thread in
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    await #expect(throws: CancellationError.self) { try await thread.sleep(for: .seconds(3_600)) }
                }
                await Task.yield()
                group.cancelAll()
            }
        }
    }

    /// Every thread of the pool is blocked until the thread's own tasks have slept and run a hundred times.
    @Test func aBlockedPoolDoesNotHoldItUp() async throws {
        let turns = Locked(0)
        try await TaskThread.run(name: "test") { thread in
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<sysconf(Int32(_SC_NPROCESSORS_ONLN)) * 2 {
                    // This task, unlike its parent, is on the pool.
                    group.addTask(executorPreference: globalConcurrentExecutor) {
                        let deadline = SystemTimeSource().monotonicNow() + .seconds(20)
                        while turns.withLock({ $0 }) < 100, SystemTimeSource().monotonicNow() < deadline { usleep(500) }
                    }
                }
                group.addTask {
                    for _ in 0..<100 {
                        do { try await thread.sleep(for: .milliseconds(1)) } catch { return }
                        turns.withLock { $0 += 1 }
                    }
                }
            }
        }
        #expect(turns.withLock { $0 } == 100)
    }
}
