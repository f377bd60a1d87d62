/// The bounds of one controller.
package struct ControllerOptions: Sendable, Hashable {
    /// Reconciles at the same time, each of another key.
    package var concurrency: Int
    /// For one reconcile with its writes, and with the reads before it for caches that are behind; then it is cancelled and
    /// retried.
    package var timeout: Duration
    /// For reconciles under way when the controller is asked to stop; then they are cancelled.
    package var drainGrace: Duration
    package var retryPolicy: RetryPolicy
    /// How often every object is looked at although nothing has changed, behind everything that has; nil for never.
    package var resync: Duration?
    /// Who wakes keys beside the kinds that are watched: the sources of the reasons given to `enqueue`, for their numbers.
    package var wakers: [String]

    package init(
        concurrency: Int = 4, timeout: Duration = .seconds(60), drainGrace: Duration = .seconds(20),
        retryPolicy: RetryPolicy = .key, resync: Duration? = .seconds(10 * 3_600), wakers: [String] = []
    ) {
        self.concurrency = max(concurrency, 1)
        self.timeout = timeout
        self.drainGrace = drainGrace
        self.retryPolicy = retryPolicy
        self.resync = resync
        self.wakers = wakers
    }
}
