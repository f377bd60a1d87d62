import ClusterTesting
import Glibc
import JSON
import KubernetesClient
import KubernetesModel
import Primitives
import Testing

/// F32: the clocks of two replicas go at other rates, and show other times, which step; the server's audit log is the judge.
///
/// `ElectorTests` tries more of them, in virtual time.
@Suite(.timeLimit(.minutes(8)), .serialized) struct OtherClocks {
    private static let duration = 6.0
    private static let times = [
        "--leader-elect-lease-duration=6", "--leader-elect-renew-deadline=4", "--leader-elect-retry-period=1",
    ]
    private static let hour: Int64 = 3600
    /// A leader that goes slow by nearly all that the times allow; with `AIOPS_FAULTS=all` also one that is twice as fast while
    /// the standby takes twice as long.
    private static let rates: [(leader: Double, standby: Double)] = {
        let isWhole = getenv("AIOPS_FAULTS").map { String(cString: $0) } == "all"
        return [(0.75, 1)] + (isWhole ? [(2, 0.5)] : [])
    }()

    /// Nothing that is written in the Lease decides, and each counts by itself: the leader ends its writes before the standby
    /// begins, as long as their rates are within the times' (here 1.5), and an awakened one writes nothing.
    @Test(arguments: rates)
    func neitherTimesNorRatesMakeTwoWriters(leader: Double, standby: Double) async throws {
        let leads = try await WrongClock(rate: leader, ahead: Self.hour)
        let standsBy = try await WrongClock(rate: standby, ahead: 0)
        try await OperatorPair.with(
            arguments: Self.times, leader: leads.environment, standby: standsBy.environment
        ) { pair in
            try await pair.awaitWrites(of: pair.leader)
            let renewed = try #require(try await pair.holder().renewTime)
            let ahead = renewed - SystemTimeSource().wallNow()
            #expect(ahead > .seconds(3500), "the leader's clock is ahead by \(ahead) alone")
            // The leader's steps back, the standby's on: the Lease is long over by what is written in it; and the other way.
            try leads.set(ahead: 0)
            try standsBy.set(ahead: Self.hour)
            try await awaitRenewals(of: pair.leader, 3, pair)
            try leads.set(ahead: Self.hour)
            try standsBy.set(ahead: 0)
            try await awaitRenewals(of: pair.leader, 3, pair)
            #expect(!pair.leader.log.contains("this process does not lead any more"))
            #expect(try await pair.writes(of: pair.standby).isEmpty)

            let stopped = pair.leader.send(SIGSTOP)
            try await pair.awaitWrites(of: pair.standby)
            let took = try await pair.handOver(to: pair.standby, since: stopped)
            print("hand-over at \(leader) and \(standby): \(took.lease.milliseconds) ms")
            // From a renewal that was a second old by the leader's clock; the last one may have been sent and not answered.
            let least = Self.duration / standby - 1.2 / leader - 0.3
            #expect(took.lease > .seconds(least) && took.lease < .seconds(Self.duration / standby + 2))
            let before = try await pair.writes(of: pair.leader).count
            pair.leader.send(SIGCONT)
            try await pair.leader.awaitLine("standing by: another process leads")
            try await pair.awaitWrites(of: pair.standby, 40)
            #expect(try await pair.writes(of: pair.leader).count == before)
            try await pair.expectOneWriter(pair.leader, then: pair.standby)
            #expect(try await pair.holder().leaseTransitions == 1)
        }
    }

    private func awaitRenewals(of replica: OperatorReplica, _ count: Int, _ pair: OperatorPair) async throws {
        let before = try await pair.leaseWrites(of: replica).count
        try await eventually("it is renewed", within: .seconds(20)) {
            let more = try await pair.leaseWrites(of: replica).count - before
            return .holds(more >= count, else: "\(more) of \(count)")
        }
    }
}
