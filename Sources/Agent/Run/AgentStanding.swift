package import Conversations

/// Where a run stands after a durable flush, for whoever shows it.
///
/// Steps are not calls: a reply that could not be read was called for and paid, and is no step. Invariant: `steps` never
/// passes the limit and never falls, since both are counted from the record.
package struct AgentStanding: Sendable, Hashable {
    /// Replies with a valid action, `submit` included.
    package var steps: Int
    package var totals: ConversationTotals

    package init(steps: Int, totals: ConversationTotals) {
        self.steps = steps
        self.totals = totals
    }
}
