import Environments
import Primitives

/// How to wait for what is left of an environment, and what to say of it meanwhile.
///
/// What goes by itself goes within seconds, and is looked for each second. What somebody's finalizer holds may stay for ever:
/// it is said once, with the server's own words for the cause, and looked for ever more seldom, so that no number of such
/// namespaces takes the server's time from other tasks.
struct ReleaseWait {
    /// A namespace with pods that end in their own time takes less.
    static let limit = Duration.seconds(60)
    static let intervals = Duration.seconds(1)...Duration.seconds(30)

    let message: String
    /// When to look again: after a tenth of the time it has taken.
    let interval: Duration
    let isStuck: Bool

    init(_ rest: [ReleaseOutcome.Remainder], now: Timestamp) {
        let taken = rest.compactMap(\.since).min().map { max(.zero, now - $0) } ?? .zero
        let items = rest.map { $0.note.isEmpty ? "\($0.item)" : "\($0.item) (\($0.note))" }
        isStuck = taken >= Self.limit
        interval = min(max(Self.intervals.lowerBound, taken / 10), Self.intervals.upperBound)
        message =
            (isStuck ? "still " : "") + "waiting for " + items.joined(separator: ", ")
            + (isStuck ? "; whatever holds it, as a finalizer whose controller is gone, has to be removed by hand" : "")
    }
}
