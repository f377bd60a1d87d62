import KubernetesTesting

/// A world without its processes, as it was when one of them might have died.
package struct SavedWorld: Sendable {
    /// When a process dies, beside one of its requests that has an effect, counted as it counts them.
    package enum Death: Sendable {
        /// It is done, and the process does not hear of it (F02).
        case beforeReply(Int)
        /// The process has heard of it, and done nothing since (F01).
        case afterReply(Int)
        /// What was done before is done, and nothing tells of this (F03).
        case beforeRequest(Int)
    }

    var server: InMemoryAPIServer.Snapshot
    var providerCalls: Int
    var repairs: Int
    var time: Duration
    var moment: Moment
    /// All that leave this world behind.
    package internal(set) var deaths: [Death]

    /// Whether what a later moment knows of is what this world holds.
    func isSame(as later: Moment, _ providerCalls: Int, _ repairs: Int) -> Bool {
        (moment.changes, moment.effects, moment.doneSteps) == (later.changes, later.effects, later.doneSteps)
            && (self.providerCalls, self.repairs) == (providerCalls, repairs)
    }
}
