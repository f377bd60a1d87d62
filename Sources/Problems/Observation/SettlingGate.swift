/// Decides when a system has been whole for long enough, or was looked at for long enough.
///
/// Invariant: `wholeSince` is nil whenever the latest look found a shortfall, so one break starts the wait anew.
package struct SettlingGate: Sendable, Hashable {
    package enum Step: Sendable, Hashable {
        case lookAgain(after: Duration)
        case settled
        case gaveUp([Shortfall])
    }

    private let settle: Duration
    private let deadline: Duration
    private let interval: Duration
    private var wholeSince: Duration?

    /// Times are readings of a monotonic clock.
    package init(settle: Duration, within: Duration, beginning: Duration, interval: Duration = .seconds(1)) {
        self.settle = settle
        self.interval = interval
        // A window shorter than the settling time could never be passed.
        deadline = beginning + max(within, settle)
    }

    package mutating func look(_ shortfalls: [Shortfall], at now: Duration) -> Step {
        guard shortfalls.isEmpty else {
            wholeSince = nil
            return now >= deadline ? .gaveUp(shortfalls) : .lookAgain(after: interval)
        }
        let since = wholeSince ?? now
        wholeSince = since
        if now - since >= settle { return .settled }
        return .lookAgain(after: min(interval, since + settle - now))
    }
}
