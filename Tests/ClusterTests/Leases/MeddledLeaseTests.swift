import ClusterTesting
import JSON
import KubernetesClient
import KubernetesModel
import Primitives
import Testing

/// F31: somebody else lays hands on the Lease, of two real operators on a real API server; its audit log is the judge.
///
/// Every kind of meddling at every moment is tried in `ElectorTests`, in virtual time; here are the two that end worst.
@Suite(.timeLimit(.minutes(8)), .serialized) struct MeddledLease {
    private let key: @Sendable (OperatorPair) -> ObjectKey = {
        ObjectKey(namespace: $0.namespace, name: OperatorPair.lease)
    }

    /// The leader still relies on what it had, and makes it anew; a standby must not take it for free.
    @Test func aDeletedLeaseMakesNoSecondLeader() async throws {
        try await OperatorPair.with { pair in
            try await pair.awaitWrites(of: pair.leader)
            try await pair.cluster.client.delete(.leases, key(pair))
            let deleted = SystemTimeSource().wallNow()
            try await eventually("the Lease is back", within: .seconds(40)) {
                let isGone = try await pair.cluster.isGone(Lease.self, key(pair))
                return .holds(!isGone, else: "it is gone")
            }
            try await pair.awaitWriteOfAnyone(after: deleted + .seconds(1))
            try await pair.expectTurns(atMost: 1)
            try await pair.expectOneSaysItLeads()
        }
    }

    /// The leader stops at once and the stranger's Lease is respected until it has run out.
    @Test func aStrangersLeaseIsRespected() async throws {
        try await OperatorPair.with { pair in
            try await pair.awaitWrites(of: pair.leader)
            let given = SystemTimeSource().wallNow()
            _ = try await pair.cluster.client.patchDynamic(
                .leases, key(pair), .merge(["spec": ["holderIdentity": "a stranger"]]))
            try await pair.leader.awaitLine(
                "this process does not lead any more; what it was doing stops, and it stands by")
            let page = try await pair.leader.page("/metrics").body
            #expect(page.contains("leader_election_master_status{name=\"aiops-operator\"} 0"))
            try await pair.awaitWriteOfAnyone(after: given + .seconds(10))
            // From the last renewal at the latest, which was two seconds before; the next one is due after as many.
            let gap = try await pair.longestSilence(since: given)
            #expect(gap > .seconds(10), "only \(gap) passed between the writes before and after the stranger")
            try await pair.expectTurns(atMost: 1)
            try await pair.expectOneSaysItLeads()
        }
    }
}

extension OperatorPair {
    private func everyWrite() async throws -> [(isFirst: Bool, entry: AuditLog.Entry)] {
        let (first, second) = (try await writes(of: leader), try await writes(of: standby))
        return (first.map { (isFirst: true, entry: $0) } + second.map { (isFirst: false, entry: $0) })
            .sorted { $0.entry.received < $1.entry.received }
    }

    fileprivate func awaitWriteOfAnyone(after moment: Timestamp) async throws {
        try await eventually("somebody writes", within: .seconds(60)) {
            let last = try await everyWrite().last
            return .holds(
                (last?.entry.received ?? moment) > moment, else: "the last write: \(String(describing: last))")
        }
    }

    /// The two never wrote by turns: the right changed hands so often at most, and never while a write was under way.
    fileprivate func expectTurns(atMost limit: Int) async throws {
        let writes = try await everyWrite()
        let changes = zip(writes, writes.dropFirst()).filter { $0.isFirst != $1.isFirst }
        #expect(changes.count <= limit, "\(changes.count) changes of the writer in \(writes.count) writes")
        for (before, after) in changes { #expect(before.entry.answered < after.entry.received) }
    }

    fileprivate func longestSilence(since moment: Timestamp) async throws -> Duration {
        let times = try await everyWrite().map(\.entry.received)
        return zip(times, times.dropFirst()).filter { $1 > moment }.map { $1 - $0 }.max() ?? .zero
    }

    fileprivate func expectOneSaysItLeads() async throws {
        try await eventually("one says that it leads", within: .seconds(20)) {
            var leading = 0
            for replica in [leader, standby] {
                let page = try await replica.page("/metrics").body
                leading += page.contains("leader_election_master_status{name=\"aiops-operator\"} 1") ? 1 : 0
            }
            return .holds(leading == 1, else: "\(leading) do")
        }
    }
}
