package import KubernetesModel

/// Slows down a key that writes at every look: two controllers at odds over a field, or a status that never comes to
/// rest, would otherwise load the server without end (falcosecurity/falco-operator #356, k0sproject/k0smotron #1453).
///
/// Each look that wrote takes a token; tokens come back one each `refill`, up to `burst`. A key without a token waits.
///
/// Invariant: only keys that wrote within `burst` times `refill` are remembered.
package struct WriteBrake: Sendable {
    private struct Bucket: Sendable {
        var tokens: Double
        var at: Duration
    }

    private var buckets: [ObjectKey: Bucket] = [:]
    private let burst: Double
    private let refill: Duration

    /// A key at work may write thirty times in a row, and then once each second.
    package init(burst: Int = 30, refill: Duration = .seconds(1)) {
        self.burst = Double(burst)
        self.refill = refill
    }

    package var count: Int { buckets.count }

    package mutating func wrote(_ key: ObjectKey, now: Duration) {
        var bucket = current(key, now: now)
        bucket.tokens -= 1
        buckets[key] = bucket
        if buckets.count > 256, buckets.count.nonzeroBitCount == 1 { forgetFull(now: now) }
    }

    /// How long the key must wait; nil when it may go on.
    package mutating func hold(_ key: ObjectKey, now: Duration) -> Duration? {
        guard buckets[key] != nil else { return nil }
        let bucket = current(key, now: now)
        if bucket.tokens >= burst {
            buckets[key] = nil
            return nil
        }
        guard bucket.tokens < 1 else { return nil }
        return refill * (1 - bucket.tokens)
    }

    private func current(_ key: ObjectKey, now: Duration) -> Bucket {
        guard let known = buckets[key] else { return Bucket(tokens: burst, at: now) }
        return Bucket(tokens: min(burst, known.tokens + (now - known.at) / refill), at: now)
    }

    private mutating func forgetFull(now: Duration) {
        buckets = buckets.filter { current($0.key, now: now).tokens < burst }
    }
}
