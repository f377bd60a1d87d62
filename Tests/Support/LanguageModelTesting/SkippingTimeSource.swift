package import Primitives

/// Time in which a sleep is over at once and the clock has moved on by it.
///
/// Keeps what was slept.
package final class SkippingTimeSource: TimeSource {
    private struct State {
        var now: Duration = .zero
        var sleeps: [Duration] = []
    }

    private let start: Timestamp
    private let state = Locked(State())

    package init(start: Timestamp = Timestamp(seconds: 1_800_000_000)) { self.start = start }

    package var sleeps: [Duration] { state.withLock { $0.sleeps } }

    package func wallNow() -> Timestamp { start + monotonicNow() }

    package func monotonicNow() -> Duration { state.withLock { $0.now } }

    package func sleep(for duration: Duration) async throws(CancellationError) {
        if Task.isCancelled { throw CancellationError() }
        state.withLock { state in
            state.sleeps.append(duration)
            state.now += duration
        }
    }

    package func advance(by duration: Duration) { state.withLock { $0.now += duration } }
}
