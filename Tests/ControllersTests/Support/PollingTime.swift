import LifecycleTesting
import Primitives

/// Time for code that polls: a short sleep is over at once and moves the clock on; a long one is a deadline, which comes
/// when the short ones have added up to it.
final class PollingTime: TimeSource {
    /// From here on a sleep is somebody's time limit; the polls of the product are all shorter.
    static let limit = Duration.seconds(10)

    private let clock = ManualTimeSource(start: Fixture.now)

    func wallNow() -> Timestamp { clock.wallNow() }
    func monotonicNow() -> Duration { clock.monotonicNow() }
    func advance(by duration: Duration) { clock.advance(by: duration) }

    func sleep(for duration: Duration) async throws(CancellationError) {
        guard duration < Self.limit else { return try await clock.sleep(for: duration) }
        if Task.isCancelled { throw CancellationError() }
        clock.advance(by: duration)
        // A poll that never waits would keep whoever was woken by it from running.
        await Task.yield()
    }
}
