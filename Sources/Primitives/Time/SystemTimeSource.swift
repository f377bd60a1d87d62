import Glibc

/// The machine's clocks.
///
/// `monotonicNow` runs on through suspend, as `Task.sleep` does.
package struct SystemTimeSource: TimeSource {
    package init() {}

    package func wallNow() -> Timestamp {
        let now = Self.read(CLOCK_REALTIME)
        return Timestamp(microseconds: Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1_000)
    }

    package func monotonicNow() -> Duration {
        let now = Self.read(CLOCK_BOOTTIME)
        return .seconds(now.tv_sec) + .nanoseconds(now.tv_nsec)
    }

    /// A century: `Task.sleep` traps where the end of a sleep, in seconds, does not fit Int64.
    package static let longestSleep = Duration.seconds(100 * 366 * 86_400)

    package func sleep(for duration: Duration) async throws(CancellationError) {
        do {
            try await Task.sleep(for: min(max(duration, .zero), Self.longestSleep))
        } catch {
            // `Task.sleep` declares plain `throws`, yet cancellation is its only failure.
            throw CancellationError()
        }
    }

    private static func read(_ clock: clockid_t) -> timespec {
        var now = timespec()
        clock_gettime(clock, &now)
        return now
    }
}
