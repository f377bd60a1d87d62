import JSON

/// A test plan in the manner of Sieve: what users do, what goes wrong and when, and which answers are right.
package struct FaultPlan: Sendable {
    /// As in the list of fault tests, `F01`.
    package var id: String
    package var workload: Workload
    package var faults: [Fault]
    /// What may be otherwise at the end than without the fault, besides what differs between two clean runs.
    package var mayDiffer: Set<String>
    /// Errors in the log that the fault explains.
    package var explains: [String]
    /// Replies of the model that may be lost, each of which is charged.
    package var lostCalls: Int
    /// O4: from the start to the end, on a machine that is busy with other things.
    package var within: Duration
    /// A plan whose fault never came proves nothing, unless it enumerates.
    package var mustHit: Bool
    /// Some faults are for the operator that comes after a death: the run is not over before each has met it.
    package var isForTheHeir = false
    /// The server forgets versions of the task: not all of them can be looked at.
    package var cutsHistory = false

    package init(
        _ id: String, _ workload: Workload, _ faults: [Fault], mayDiffer: Set<String> = [], explains: [String] = [],
        lostCalls: Int = 0, within: Duration = .seconds(180), mustHit: Bool = true
    ) {
        self.id = id
        self.workload = workload
        self.faults = faults
        self.mayDiffer = mayDiffer
        self.explains = explains
        self.lostCalls = lostCalls
        self.within = within
        self.mustHit = mustHit
    }

    /// A death of the operator moves the task to a new claim, and may cost one model call whose reply was lost.
    package static func death(
        _ id: String, _ workload: Workload, _ faults: [Fault], deaths: Int = 1
    ) -> FaultPlan {
        FaultPlan(id, workload, faults, mayDiffer: takenOver, lostCalls: deaths, mustHit: false)
    }

    private static let takenOver: Set<String> = [
        "task.status.claim", "conversation.status.head", "task.status.usage", "task.status.result.totalMessages",
        "task.status.result.scores", "task.status.display", "conversation.status.chunks",
        "conversation.status.totalMessages", "conversation.status.usage", "conversation.status.cost",
        "conversation.status.recentMessages", "conversation.status.metadata.workerID", "conversation.status.display",
        "task.status.conditions[ConversationPersisted].message",
        // They count the messages.
        "conversation.status.conditions[Ready].message", "conversation.status.conditions[Reconciling].message",
        "conversation.status.conditions[Stalled].message", "conversation.status.conditions[Finished].message",
        "conversation.status.conditions[Succeeded].message",
    ]
}
