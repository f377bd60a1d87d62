package import Primitives

/// Time that moves only when a test says so.
///
/// Invariants: time never goes back; a sleeper wakes when its deadline is not after now, the earliest first, those with one
/// deadline in the order they came.
package final class ManualTimeSource: TimeSource {
    private typealias Sleep = CheckedContinuation<Result<Void, CancellationError>, Never>

    private struct Sleeper {
        var deadline: Duration
        var continuation: Sleep
    }

    private struct Watcher {
        var count: Int
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var now: Duration
        var nextID = 0
        var sleepers: [Int: Sleeper] = [:]
        var cancelledEarly: Set<Int> = []
        var watchers: [Watcher] = []

        mutating func takeSatisfiedWatchers() -> [CheckedContinuation<Void, Never>] {
            let count = sleepers.count
            let satisfied = watchers.filter { $0.count <= count }
            watchers.removeAll { $0.count <= count }
            return satisfied.map(\.continuation)
        }
    }

    private let start: Timestamp
    private let state: Locked<State>

    package init(start: Timestamp = Timestamp(seconds: 1_800_000_000)) {
        self.start = start
        state = Locked(State(now: .zero))
    }

    package func wallNow() -> Timestamp { start + monotonicNow() }

    package func monotonicNow() -> Duration { state.withLock { $0.now } }

    /// Tasks asleep now.
    package var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    /// How long until the next sleeper wakes, if there is one.
    package var untilNextWake: Duration? {
        state.withLock { state in state.sleepers.values.map(\.deadline).min().map { $0 - state.now } }
    }

    package func sleep(for duration: Duration) async throws(CancellationError) {
        guard !Task.isCancelled else { throw CancellationError() }
        guard duration > .zero else { return }
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (sleep: Sleep) in
                add(id, Sleeper(deadline: .zero, continuation: sleep), for: duration)
            }
        } onCancel: {
            cancel(id)
        }
        try result.get()
    }

    /// Moves time on and wakes those whose deadline has come, in order.
    ///
    /// The woken tasks run later: a test waits for what they do, or for them to sleep again (`waitForSleepers`).
    package func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.now += duration
            let due = state.sleepers.filter { $0.value.deadline <= state.now }
            for id in due.keys { state.sleepers[id] = nil }
            return due.sorted { ($0.value.deadline, $0.key) < ($1.value.deadline, $1.key) }.map(\.value.continuation)
        }
        for sleep in due { sleep.resume(returning: .success(())) }
    }

    /// Returns when at least `count` tasks are asleep.
    package func waitForSleepers(_ count: Int = 1) async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let isSatisfied = state.withLock { state in
                guard state.sleepers.count < count else { return true }
                state.watchers.append(Watcher(count: count, continuation: continuation))
                return false
            }
            if isSatisfied { continuation.resume() }
        }
    }

    /// Waits for sleepers, then advances: for code that sleeps, acts and sleeps again.
    package func advance(by duration: Duration, afterSleepers count: Int) async {
        await waitForSleepers(count)
        advance(by: duration)
    }

    private func add(_ id: Int, _ sleeper: Sleeper, for duration: Duration) {
        let (isCancelled, watchers) = state.withLock { state in
            guard state.cancelledEarly.remove(id) == nil else {
                return (true, [CheckedContinuation<Void, Never>]())
            }
            var sleeper = sleeper
            sleeper.deadline = state.now + duration
            state.sleepers[id] = sleeper
            return (false, state.takeSatisfiedWatchers())
        }
        if isCancelled { sleeper.continuation.resume(returning: .failure(CancellationError())) }
        for watcher in watchers { watcher.resume() }
    }

    private func cancel(_ id: Int) {
        let sleeper = state.withLock { state in
            if let sleeper = state.sleepers.removeValue(forKey: id) { return Sleeper?.some(sleeper) }
            state.cancelledEarly.insert(id)
            return nil
        }
        sleeper?.continuation.resume(returning: .failure(CancellationError()))
    }
}
