/// How long to wait before a failed thing is tried again: exponential, with jitter, capped.
package struct RetryPolicy: Sendable, Hashable {
    /// The wait before jitter after the first failure.
    package var initial: Duration
    package var cap: Duration
    /// The part of the wait that chance decides: 0 is none, 1 is all of it ("full jitter").
    package var jitter: Double

    package init(initial: Duration, cap: Duration, jitter: Double) {
        self.initial = initial
        self.cap = cap
        self.jitter = jitter
    }

    /// Keys of the queue: as quick as client-go at first; an object is looked at again each five minutes at the latest.
    package static let key = RetryPolicy(initial: .milliseconds(10), cap: .seconds(300), jitter: 0.5)
    /// A list or watch that failed: client-go's reflector.
    package static let watch = RetryPolicy(initial: .milliseconds(800), cap: .seconds(30), jitter: 1)

    /// Most that is waited because the other side asks for it: a proxy that names a day would leave us idle for it.
    package static let longestThrottle = Duration.seconds(300)

    /// `failures` counts from 1.
    package func delay(failures: Int, using random: inout some RandomNumberGenerator) -> Duration {
        var wait = initial
        for _ in 1..<max(failures, 1) {
            guard wait < cap else { break }
            wait *= 2
        }
        wait = min(wait, cap)
        return wait * (1 - jitter * Double.random(in: 0...1, using: &random))
    }
}
