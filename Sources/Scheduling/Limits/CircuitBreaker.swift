/// Stops calling what keeps failing, and finds out with one probe at a time when it is well again.
///
/// Invariants
/// - closed counts failures in a row; a success forgets them;
/// - open refuses until its time; the first caller after that is the only probe until its result is recorded.
package struct CircuitBreaker: Sendable, Hashable {
    package enum State: Sendable, Hashable {
        case closed(failures: Int)
        case open(until: Duration)
        case probing(since: Duration)
    }

    private let threshold: Int
    private let openFor: Duration
    package private(set) var state = State.closed(failures: 0)

    /// Opens after `threshold` failures in a row and stays open for `openFor`.
    package init(threshold: Int, openFor: Duration) {
        self.threshold = max(threshold, 1)
        self.openFor = openFor
    }

    /// Whether a call may be made now.
    ///
    /// A probe whose result never came is given up after `openFor`.
    package mutating func admits(now: Duration) -> Bool {
        switch state {
        case .closed:
            return true
        case .open(let until):
            guard now >= until else { return false }
            state = .probing(since: now)
            return true
        case .probing(let since):
            guard now - since >= openFor else { return false }
            state = .probing(since: now)
            return true
        }
    }

    package mutating func recordSuccess() {
        state = .closed(failures: 0)
    }

    package mutating func recordFailure(now: Duration) {
        switch state {
        case .closed(let failures) where failures + 1 < threshold:
            state = .closed(failures: failures + 1)
        case .closed, .probing:
            state = .open(until: now + openFor)
        case .open:
            // A call that was under way when the breaker opened says nothing new.
            break
        }
    }
}
