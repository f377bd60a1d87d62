/// Stops calling what keeps failing, and finds out with counted probes when it is well again.
///
/// Invariants
/// - closed counts failures in a row; a success forgets them;
/// - open refuses until its time;
/// - half-open lets as many probes through as it wants to see succeed, and no more until one of them has ended; that many
///   successes close it, one failure opens it again.
package struct CircuitBreaker: Sendable, Hashable {
    package enum State: Sendable, Hashable {
        case closed(failures: Int)
        case open(until: Duration)
        /// Probes under way, those that succeeded, and when the last one began.
        case halfOpen(pending: Int, succeeded: Int, since: Duration)
    }

    private let threshold: Int
    private let openFor: Duration
    private let probes: Int
    package private(set) var state = State.closed(failures: 0)

    /// Opens after `threshold` failures in a row, stays open for `openFor`, and closes after `probes` probes that went well.
    package init(threshold: Int, openFor: Duration, probes: Int = 1) {
        self.threshold = max(threshold, 1)
        self.openFor = openFor
        self.probes = max(probes, 1)
    }

    /// Takes a place for a call, or says how long to wait before asking again.
    ///
    /// Probes whose result never came are given up after `openFor`.
    package mutating func admit(now: Duration) -> Duration? {
        switch state {
        case .closed:
            return nil
        case .open(let until):
            guard now >= until else { return until - now }
            state = .halfOpen(pending: 1, succeeded: 0, since: now)
            return nil
        case .halfOpen(let pending, let succeeded, let since):
            if pending + succeeded < probes {
                state = .halfOpen(pending: pending + 1, succeeded: succeeded, since: now)
                return nil
            }
            let left = since + openFor - now
            guard left <= .zero else { return left }
            state = .halfOpen(pending: 1, succeeded: 0, since: now)
            return nil
        }
    }

    /// - Returns: whether it is now in another of its three conditions.
    @discardableResult
    package mutating func recordSuccess() -> Bool {
        switch state {
        case .closed:
            state = .closed(failures: 0)
            return false
        case .open:
            // A call that was under way when the breaker opened; the next probe will tell.
            return false
        case .halfOpen(let pending, let succeeded, let since):
            guard succeeded + 1 >= probes else {
                state = .halfOpen(pending: max(0, pending - 1), succeeded: succeeded + 1, since: since)
                return false
            }
            state = .closed(failures: 0)
            return true
        }
    }

    /// - Returns: whether it is now in another of its three conditions.
    @discardableResult
    package mutating func recordFailure(now: Duration) -> Bool {
        switch state {
        case .closed(let failures) where failures + 1 < threshold:
            state = .closed(failures: failures + 1)
            return false
        case .closed, .halfOpen:
            state = .open(until: now + openFor)
            return true
        case .open:
            // A call that was under way when the breaker opened says nothing new.
            return false
        }
    }

    /// A call that was admitted and ended in a way that says nothing about who was called.
    package mutating func recordNothing() {
        guard case .halfOpen(let pending, let succeeded, let since) = state else { return }
        state = .halfOpen(pending: max(0, pending - 1), succeeded: succeeded, since: since)
    }
}
