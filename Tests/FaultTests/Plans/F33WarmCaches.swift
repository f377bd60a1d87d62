import AIOpsAPI
import ClusterTesting
import FaultTesting
import Glibc
import JSON
import KubernetesClient
import KubernetesModel
import Testing

extension FaultClusterTests {
    /// The leadership changes to a standby whose caches are warm and whose watches lag: what the leader before wrote last is
    /// not in them yet.
    @Suite(.timeLimit(.minutes(20))) struct F33WarmCaches {
        private static let lag = 4.0

        @Test func theNewLeaderWaitsUntilItKnowsWhatTheOldOneWrote() async throws {
            let session = try FaultSession.current()
            _ = try await session.versions(of: .detection)
            // Two replicas in its place: one goes straight to the server, the other one through the proxy.
            try await session.process.stop()
            let begun = try await session.rig.begin()
            let watches: JSONObject = [
                "verbs": ["watch"], "resources": ["aiopstasks", "workerpools", "llmconversations"],
            ]
            try await session.rig.arm([
                Fault("late", "lag", watches, with: ["seconds": JSONValue(Self.lag)], times: 0)
            ])
            let hosts = ["--allowed-model-host", session.model.address]
            let leader = try OperatorReplica(session.cluster, namespace: "aiops-system", arguments: hosts)
            try await leader.awaitLine("beginning to reconcile")
            let standby = try OperatorReplica(
                session.cluster, kubeconfig: session.rig.kubeconfig, namespace: "aiops-system", arguments: hosts)
            try await standby.awaitLine("standing by: another process leads")

            let task = try await session.cluster.apply(
                Workload.detection.request(model: session.model.baseURL), as: "f33", in: session.namespace)
            // In the middle of making the environment, when nearly every write changes what must be known.
            try await session.cluster.await("f33", in: session.namespace, "is being deployed") {
                $0.status.phase == .deploying
            }
            leader.send(SIGTERM)
            #expect(try await leader.exit(within: .seconds(30)) == 0)
            let left = try await session.cluster.client.get(AIOpsTask.self, task.metadata.key)
            let ended = try await session.cluster.awaitCleanedUp("f33", in: session.namespace)

            let requests = try await session.rig.report(since: begun).requests
            let first = try #require(requests.first { $0.isWrite && $0.resource == "aiopstasks" })
            #expect(first.status == 200, "the first write of the new leader: \(first.description)")
            // A JSON patch tests single fields instead, and was taken.
            if let basis = first.body?["metadata"]?["resourceVersion"]?.stringValue {
                #expect(basis == left.metadata.resourceVersion)
            }
            #expect(ended.status.phase == .succeeded && ended.status.attempt == 1, "\(ended.status.conditions)")
            let again = requests.filter { $0.verb == "create" && $0.resource == "namespaces" && $0.isCommitted }
            #expect(again.isEmpty, "what was there was made again: \(again.map(\.description))")

            try await session.deleteIfThere(task, nil)
            try await session.cluster.awaitGone(task)
            standby.send(SIGTERM)
            #expect(try await standby.exit(within: .seconds(30)) == 0)
            try await session.rig.arm([])
            try await session.start()
        }
    }
}
