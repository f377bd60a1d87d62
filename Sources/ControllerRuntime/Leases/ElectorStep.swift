package import KubernetesModel
internal import Primitives

/// What an elector hears.
package enum ElectorInput: Sendable, Hashable {
    case start
    /// The answer to `get`.
    case read(LeaseReadReply)
    /// The answer to `create` or `update`.
    case written(LeaseWriteReply)
    /// The watch showed the Lease; it may be late and out of step with the answers.
    case seen(LeaseRecord)
    /// The watch showed that the Lease was deleted, at this version.
    case seenGone(version: String)
    /// Whether a watch is open.
    case watching(Bool)
    case woken
    /// All work of the last term has ended.
    case workEnded
    case stop
}

package enum LeaseReadReply: Sendable, Hashable {
    case present(LeaseRecord)
    case absent
    case failed
}

package enum LeaseWriteReply: Sendable, Hashable {
    case done(LeaseRecord)
    /// Somebody else wrote first, or took the name.
    case conflict
    /// There is no such Lease any more.
    case absent
    /// It may or may not have been written.
    case failed
}

/// What an elector wants done.
package enum ElectorEffect: Sendable, Hashable {
    case get
    case create(LeaseSpec)
    /// Only if the Lease still has this version.
    case update(LeaseSpec, version: String)
    /// Say `woken` at this time; each one replaces the one before.
    case wait(until: Duration)
    /// This process is the leader, and may write until then.
    case lead(until: Duration)
    case extend(until: Duration)
    /// Writes stop now, and the work of the term is to be ended.
    case lose(LeadershipLoss)
    /// Writes stop now, because the Lease is about to be given up; all work has ended already.
    case standDown
    /// Somebody else leads.
    case follow(holder: String)
    /// A renewal did not go through at once.
    case slowPath
    /// Nothing more will come.
    case end(EndOfRace)
}

package enum LeadershipLoss: Sendable, Hashable, CustomStringConvertible {
    case notRenewed(within: Duration)
    case taken(by: String)

    package var description: String {
        switch self {
        case .notRenewed(let deadline): "the lease could not be renewed within \(deadline.wholeSeconds) s"
        case .taken(let holder): "the lease was taken by \(holder)"
        }
    }
}

package enum EndOfRace: Sendable, Hashable {
    /// The Lease was in nobody's hand, or another's.
    case notHeld
    case released
    /// The Lease is ours and was left to run out.
    case kept(why: String)
}
