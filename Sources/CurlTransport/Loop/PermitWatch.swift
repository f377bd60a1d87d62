internal import HTTP

/// When the loop has to look again at the permits of what is under way.
///
/// Invariant: while a permitted exchange is under way, `next` is no later than the end of its permit as it was last seen,
/// and no later than ``interval``: a permit may also be taken back before its time.
struct PermitWatch {
    static let interval = Duration.seconds(1)

    private(set) var next: Duration?

    /// Whether bytes may leave under this permit now; if so, it will be looked at again in time.
    mutating func admit(_ permit: (any SendPermit)?, at now: Duration) -> Bool {
        guard let permit else { return true }
        let remaining = permit.remaining()
        guard remaining > .zero else { return false }
        let due = now + min(remaining, Self.interval)
        next = next.map { min($0, due) } ?? due
        return true
    }

    /// Whether it is time; whoever asks then admits everything anew.
    mutating func isDue(at now: Duration) -> Bool {
        guard let due = next, due <= now else { return false }
        next = nil
        return true
    }
}
