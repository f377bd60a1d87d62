import AIOpsAPI
import ClusterTesting
import FaultTesting
import Glibc
import JSON
import KubernetesClient
import KubernetesModel
import Testing

/// 429 to a leader that wants to read, renew or watch its Lease: it waits as it is told, and goes on leading.
struct F18ThrottledLease: Sendable {
    /// What is refused, in the order in which it happens.
    private let faults: [Fault]
    private let wait: Int?
    /// Else once it leads.
    private let isFromTheStart: Bool

    static let ways: [(name: String, value: F18ThrottledLease)] = [1, nil].flatMap { wait -> [(String, Self)] in
        var options: JSONObject = [:]
        if let wait { options["retryAfter"] = .integer(Int64(wait)) }
        let words = wait.map { "wait \($0) s" } ?? "no time said"
        let renewals: JSONObject = ["verbs": ["patch"], "resources": ["leases"]]
        let throttled = { (verb: JSONValue) -> Fault in
            .answer(429, to: ["verbs": [verb], "resources": ["leases"]], times: 3, options)
        }
        return [
            ("renewals of the Lease, \(words)", Self([throttled("patch")], wait)),
            // Who leads reads it only when a renewal has failed.
            ("reads of the Lease, \(words)", Self([.answer(500, to: renewals), throttled("get")], wait)),
            ("watches of the Lease, \(words)", Self([throttled("watch")], wait, isFromTheStart: true)),
        ]
    }

    private init(_ faults: [Fault], _ wait: Int?, isFromTheStart: Bool = false) {
        self.faults = faults
        self.wait = wait
        self.isFromTheStart = isFromTheStart
    }

    /// With an operator of its own, which races for the Lease, in place of the session's.
    func run(_ name: String, _ session: FaultSession.Running) async throws {
        try await session.process.stop()
        let begun = try await session.rig.begin()
        try await session.rig.arm(isFromTheStart ? faults : [])
        let leader = try OperatorReplica(
            session.cluster, kubeconfig: session.rig.kubeconfig, namespace: "aiops-system",
            arguments: ["--allowed-model-host", session.model.address])
        try await leader.awaitLine("beginning to reconcile", within: .seconds(60))
        let key = ObjectKey(namespace: "aiops-system", name: "aiops-operator")
        let before = try await session.cluster.client.get(Lease.self, key).spec
        if !isFromTheStart { try await session.rig.arm(faults) }

        let task = try await session.cluster.apply(
            Workload.detection.request(model: session.model.baseURL), as: "f18", in: session.namespace)
        let ended = try await session.cluster.awaitCleanedUp("f18", in: session.namespace)
        #expect(ended.status.phase == .succeeded && ended.status.attempt == 1, "\(ended.status.conditions)")
        // Not over before everything was refused as often as it should be, and renewed twice since.
        let requests = try await eventually("\(name): it is sat out", within: .seconds(40)) {
            let requests = try await session.rig.report(since: begun).requests
                .filter { $0.resource == "leases" }
            let last = requests.last { $0.isInvented }?.number ?? .max
            let refused = requests.count { $0.status == 429 }
            let renewed = requests.count { $0.verb == "patch" && $0.status == 200 && $0.number > last }
            let isOver: Answer<[JournalEntry]> =
                refused >= 3 && renewed >= 2
                ? .yes(requests) : .notYet("\(refused) refusals, \(renewed) renewals since")
            return isOver
        }
        expectWaited(requests, name)
        let after = try await session.cluster.client.get(Lease.self, key).spec
        #expect(after.holderIdentity == before.holderIdentity, "\(name)")
        #expect(after.leaseTransitions == before.leaseTransitions, "\(name)")
        #expect(!leader.log.contains("this process does not lead any more"), "\(name)")
        let page = try await leader.page("/metrics").body
        #expect(page.contains("leader_election_master_status{name=\"aiops-operator\"} 1"), "\(name)")

        try await session.deleteIfThere(task, nil)
        try await session.cluster.awaitGone(task)
        leader.send(SIGTERM)
        #expect(try await leader.exit(within: .seconds(30)) == 0)
        try await session.rig.arm([])
        try await session.start()
    }

    private func expectWaited(_ requests: [JournalEntry], _ name: String) {
        var gaps: [Double] = []
        for (index, refused) in requests.enumerated() where refused.status == 429 {
            guard let again = requests.dropFirst(index + 1).first(where: { $0.isSameRequest(as: refused) })
            else { continue }
            gaps.append(again.at - refused.at)
        }
        print("\(name): asked again after \(gaps)")
        let least = wait.map(Double.init) ?? 0.04
        #expect(gaps.count >= 3 && gaps.allSatisfy { $0 >= least }, "\(name): \(gaps)")
    }
}
