/// Who may go ahead and who waits, when only so many may at a time.
///
/// A value: the waiting itself is done by ``Permits``. Invariants: never more than `most` hold a permit; those who wait
/// get theirs in the order in which they came; nobody waits while a permit is free.
package struct PermitLine: Sendable {
    package let most: Int
    private var held = 0
    private var waiting: [UInt64] = []
    private var next: UInt64 = 0

    package init(most: Int) { self.most = max(1, most) }

    /// A ticket, and whether it may go ahead at once.
    package mutating func join() -> (ticket: UInt64, goesAhead: Bool) {
        next += 1
        guard held < most else {
            waiting.append(next)
            return (next, false)
        }
        held += 1
        return (next, true)
    }

    /// Gives a permit back; the ticket that goes ahead with it, if somebody waits.
    package mutating func leave() -> UInt64? {
        guard waiting.isEmpty else { return waiting.removeFirst() }
        held = max(0, held - 1)
        return nil
    }

    /// Gives up waiting; false when the ticket has its permit already and must be given back.
    package mutating func giveUp(_ ticket: UInt64) -> Bool {
        guard let index = waiting.firstIndex(of: ticket) else { return false }
        waiting.remove(at: index)
        return true
    }
}
