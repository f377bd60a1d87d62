/// Whether, and since when, the work that only one process may do is this one's.
package protocol Leadership: Sendable {
    /// Waits for the next term of this process.
    func nextTerm() async throws(CancellationError) -> LeadershipTerm

    /// To be said once all work of a term has ended, however it ended.
    func workEnded()
}

/// One stretch of time in which this process leads.
package struct LeadershipTerm: Sendable {
    /// Counts from 1 within the process.
    package let number: Int
    /// Opens when the term is over, though not by our own will.
    package let lost: Latch

    package init(number: Int, lost: Latch = Latch()) {
        self.number = number
        self.lost = lost
    }
}

/// A process that leads from its first moment to its last, without asking anybody.
package struct SoleLeadership: Leadership {
    private let terms = Terms()

    package init() { terms.begin() }

    package func nextTerm() async throws(CancellationError) -> LeadershipTerm { try await terms.next() }

    package func workEnded() {}
}
