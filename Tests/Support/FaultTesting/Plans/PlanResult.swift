package import AIOpsAPI

/// What came of one run of a plan.
package struct PlanResult: Sendable {
    /// The task as it was at its end, before it was deleted.
    package var task: AIOpsTask
    /// Nil for a task that was deleted before its end.
    package var end: EndState?
    package var updates: UpdateSummary
    package var journal: [JournalEntry]
    /// Hits of all faults together.
    package var hits: Int
    /// The last request before the plan's faults were armed.
    package var armedAfter: Int
    package var deaths: Int
    package var modelCalls: Int
    /// Versions of the task that the recording saw, the first not among them.
    package var versions: Int
    package var took: Duration
    /// What the oracles have to say against it.
    package var violations: [String]

    /// Writes whose order is part of the work, since the faults were armed.
    package var writes: Int { journal.count { $0.writeNumber != nil && $0.number > armedAfter } }

    /// What the first fault hit, for people.
    package var hit: String { journal.first { $0.fault != nil }.map { "at \($0.description)" } ?? "nowhere" }
}
