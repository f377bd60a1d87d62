/// Where time comes from; tests pass a manual one.
package protocol TimeSource: Sendable {
    func wallNow() -> Timestamp

    /// Never goes back; the origin is arbitrary, so only differences mean something.
    func monotonicNow() -> Duration

    /// Returns at once for a duration that is not positive, but still throws when the task is cancelled.
    func sleep(for duration: Duration) async throws(CancellationError)
}
