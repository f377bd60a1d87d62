import Scheduling

/// The buckets of one line of calls: how many calls, and how many tokens in them.
struct ModelMeter: Sendable {
    let limits: ModelLimits.Rate
    var lastUsed: Duration
    private var calls: TokenBucket
    private var tokens: TokenBucket?

    init(_ limits: ModelLimits.Rate, now: Duration) {
        self.limits = limits
        lastUsed = now
        calls = TokenBucket(burst: limits.burst, interval: .seconds(60) / max(1, limits.requestsPerMinute))
        // A minute's worth may come at once: one call with a large context is a good part of it.
        tokens = limits.tokensPerMinute.map { TokenBucket(burst: $0, interval: .seconds(60) / max(1, $0)) }
    }

    /// Takes one call of that many tokens, or nothing: then it says how long to wait.
    mutating func take(tokens count: Int, now: Duration) -> Duration? {
        if let wait = calls.take(now: now) { return wait }
        guard let wait = tokens?.take(count, now: now) else { return nil }
        calls.giveBack(1)
        return wait
    }

    mutating func giveBack(calls count: Int = 0, tokens unused: Int) {
        calls.giveBack(count)
        tokens?.giveBack(unused)
    }
}
