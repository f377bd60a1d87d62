/// When each watch is shown what.
///
/// Invariants: one watch is shown things in the order in which they happened; after a break it is shown nothing more.
package struct WatchTraffic: Sendable {
    package enum Fault: Sendable, Hashable {
        /// The connection breaks instead of showing this event, counted over all watches from 1.
        case breaks(Int)
        /// The event comes twice.
        case twice(Int)
        /// From this event on, the watch that would show it lags behind by so much.
        case lags(Int, Duration)

        /// The event it is about.
        var event: Int {
            switch self {
            case .breaks(let event), .twice(let event), .lags(let event, _): event
            }
        }
    }

    enum Due {
        case shown(Duration), shownTwice(Duration), broken(Duration), nothing
    }

    private var last: [Int: Duration] = [:]
    private var lag: [Int: Duration] = [:]
    private var broken: Set<Int> = []
    private(set) var events = 0

    /// The number that the next event of this watch will have; nil after a break.
    func upcoming(_ watch: Int) -> Int? { broken.contains(watch) ? nil : events + 1 }

    mutating func next(_ watch: Int, at now: Duration, after delay: Duration, faults: [Fault]) -> Due {
        guard !broken.contains(watch) else { return .nothing }
        events += 1
        for case .lags(events, let more) in faults { lag[watch] = more }
        let moment = max(last[watch] ?? .zero, now + delay + (lag.removeValue(forKey: watch) ?? .zero))
        last[watch] = moment
        if faults.contains(.breaks(events)) {
            broken.insert(watch)
            return .broken(moment)
        }
        return faults.contains(.twice(events)) ? .shownTwice(moment) : .shown(moment)
    }
}
