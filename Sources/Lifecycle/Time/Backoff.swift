internal import Primitives

/// Growing waits between attempts, with jitter so that many clients do not come back together.
///
/// Invariant: what `next` returns is never negative and never above `max`.
package struct Backoff: Sendable, Hashable {
    package var initial: Duration
    package var factor: Double
    package var max: Duration
    /// Part of each wait that is random, 0 to 1: with 0.5 a wait of 10 s is drawn between 5 and 10 s.
    package var jitter: Double
    private var current: Duration

    package init(initial: Duration, factor: Double = 2, max: Duration, jitter: Double = 0.5) {
        self.initial = initial
        self.factor = Swift.max(1, factor)
        self.max = max
        self.jitter = Swift.min(Swift.max(jitter, 0), 1)
        current = initial
    }

    package mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
        let wait = Swift.min(Swift.max(current, .zero), max)
        // Compared before multiplying: a long run of failures must not overflow.
        current = wait >= max ? max : wait * factor
        let random = Double.random(in: 0...1, using: &generator)
        return wait * (1 - jitter * random)
    }

    package mutating func reset() {
        current = initial
    }
}
