import HTTP
import Primitives

/// Decides whether a failed request is sent again, and when.
///
/// Invariants: at most ``limit`` repeats; a request whose first attempt may have counted is repeated only when it is
/// harmless; a wait the server asks for is obeyed or, when longer than ``longestWait``, handed to the caller; nothing is
/// repeated without a wait, whatever the server says.
struct RetryPolicy {
    static let limit = 5
    static let longestWait = Duration.seconds(30)
    static let firstWait = Duration.milliseconds(100)

    private(set) var repeats = 0
    private let repeatability: APIRequest.Repeatability

    init(_ repeatability: APIRequest.Repeatability) { self.repeatability = repeatability }

    /// The time to wait before the next attempt; nil when there shall be none.
    mutating func wait(
        after error: KubernetesError, using generator: inout some RandomNumberGenerator
    ) -> Duration? {
        guard repeats < Self.limit, let wait = wanted(error, &generator), wait <= Self.longestWait else { return nil }
        repeats += 1
        return wait
    }

    private func wanted(_ error: KubernetesError, _ generator: inout some RandomNumberGenerator) -> Duration? {
        if error.isResourceVersionTooLarge { return nil }
        switch (error.kind, repeatability) {
        case (_, .never): return nil
        // Refused before any work was done.
        case (.tooManyRequests(let wait), _): return atLeast(wait, &generator)
        // The server has seen nothing of it: a kept connection was dead.
        case (.transport(.notSent), _): return backoff(&generator)
        // The work may have been done.
        case (.unavailable, .safe), (.serverTimeout, .safe): return atLeast(error.retryAfter, &generator)
        case (.transport(.reset(bytesSeen: false, _)), .safe): return backoff(&generator)
        default: return nil
        }
    }

    /// A server in need that says "at once" would be sent everything again in one go.
    private func atLeast(_ asked: Duration?, _ generator: inout some RandomNumberGenerator) -> Duration {
        max(asked ?? .zero, backoff(&generator))
    }

    /// Doubling with full jitter over its upper half.
    private func backoff(_ generator: inout some RandomNumberGenerator) -> Duration {
        let ceiling = Self.firstWait * (1 << repeats)
        return ceiling * Double.random(in: 0.5...1, using: &generator)
    }
}
