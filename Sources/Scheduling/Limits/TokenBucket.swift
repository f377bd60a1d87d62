/// A rate limit with a burst, kept as one point in time (the generic cell rate algorithm), so it never drifts.
///
/// Invariant: `fullAt` never lies more than the larger of the burst and the last request, in intervals, after that request.
package struct TokenBucket: Sendable, Hashable {
    /// The time one token takes to come back.
    private let interval: Duration
    private let burst: Int
    /// The moment at which the bucket is full again.
    private var fullAt: Duration?

    /// `burst` tokens at once, one more each `interval`.
    package init(burst: Int, interval: Duration) {
        self.burst = max(burst, 1)
        self.interval = interval
    }

    /// Takes `count` tokens, or says how long to wait before trying again.
    ///
    /// More than the burst at once is served when the bucket is full, and leaves a debt: a request that could never be
    /// granted would wait for ever.
    package mutating func take(_ count: Int = 1, now: Duration) -> Duration? {
        let start = max(fullAt ?? now, now)
        let room = interval * (burst - min(count, burst))
        let wait = start - now - room
        guard wait <= .zero else { return wait }
        fullAt = start + interval * count
        return nil
    }
    /// Takes back what was taken and not used.
    package mutating func giveBack(_ count: Int) {
        guard count > 0 else { return }
        fullAt = fullAt.map { $0 - interval * count }
    }
}
