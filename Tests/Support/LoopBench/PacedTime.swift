import Primitives

/// The system's clock, and what it was put forward: so that an agent of an hour is measured in a second.
struct PacedTime: TimeSource {
    private let base = SystemTimeSource()
    private let ahead = Locked(Duration.zero)

    func advance(by duration: Duration) { ahead.withLock { $0 += duration } }

    func monotonicNow() -> Duration { base.monotonicNow() + ahead.withLock { $0 } }
    func wallNow() -> Timestamp { base.wallNow() + ahead.withLock { $0 } }
    func sleep(for duration: Duration) async throws(CancellationError) { try await base.sleep(for: duration) }
}
