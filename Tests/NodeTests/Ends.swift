import AIOpsAPI
import ClusterTesting
import Conversations
import JSON
import KubernetesClient
import KubernetesModel
import Primitives
import Testing

extension PoolAndEnds {
    /// The ways a task ends before its time, and what is left behind: nothing but what was asked for.
    @Suite(.timeLimit(.minutes(30))) struct Ends {
        @Test func deletingARunningTaskRemovesEverythingItMade() async throws {
            try await withBusyAgent("deleted") { cluster, namespace, server in
                let task = try await awaitBusy("deleted", cluster, namespace, server)
                let before = try await cluster.objects(labelledFor: task.metadata.uid)
                #expect(before.count { $0.hasPrefix("Namespace ") } == 2)
                #expect(before.count > 10)
                try await cluster.client.delete(AIOpsTask.resourceType, task.metadata.key)
                try await cluster.awaitGone(task)
                // Not a moment later: the finalizer goes only when a listing shows that all is gone.
                let after = try await cluster.objects(labelledFor: task.metadata.uid)
                #expect(after.isEmpty)
                try await eventually("its conversation goes with it") {
                    let maps = try await cluster.client.list(ConfigMap.self, namespace: namespace).items
                        .filter { $0.metadata.name.hasPrefix(task.metadata.uid) }
                    let index = try await cluster.client.list(LLMConversation.self, namespace: namespace).items
                    return .holds(maps.isEmpty && index.isEmpty, else: "\(maps.map(\.metadata.name)) \(index.count)")
                }
            }
        }

        /// Graceful lets the call in hand end and grades what is there; Immediate stops at once.
        ///
        /// Both keep the conversation.
        @Test(arguments: [CancelMode.graceful, .immediate])
        func aCancelledTaskKeepsItsConversationAndNothingElse(mode: CancelMode) async throws {
            try await withBusyAgent("cancelled") { cluster, namespace, server in
                let busy = try await awaitBusy("cancelled", cluster, namespace, server)
                try await cluster.change(
                    AIOpsTask.resourceType, "cancelled", in: namespace, spec: ["cancel": .string(mode.rawValue)])
                let task = try await cluster.awaitCleanedUp("cancelled", in: namespace)
                let status = task.status
                #expect(status.phase == .cancelled, "\(status.conditions)")
                #expect(status.conditions.get(.succeeded)?.reason == "Cancelled")
                #expect(!status.conditions.isTrue(.succeeded))
                // Nobody submitted: graded as not answered, or not graded at all.
                #expect(status.result?.verdict != .passed)
                #expect(status.conditions.isTrue(.evaluated) == (mode == .graceful), "\(status.conditions)")
                let conversation = try await ConversationOfTask.read(task, cluster)
                #expect(conversation.messages.contains { $0.role == .assistant })
                let left = try await cluster.objects(labelledFor: busy.metadata.uid)
                #expect(left.isEmpty)
            }
        }

        @Test func aFailedTaskKeepsItsEnvironmentForAWhileAndExplainsItself() async throws {
            try await withBusyAgent(
                "failed",
                [
                    "limits": ["timeoutSeconds": 600, "maxTokens": 100],
                    "environment": ["retention": ["onFailureSeconds": 6]], "successPolicy": "Passed",
                ]
            ) { cluster, namespace, server in
                let kept = try await cluster.await("failed", in: namespace, "kept") {
                    $0.status.conditions.get(.cleanedUp)?.reason == "Retained"
                }
                #expect(kept.status.phase == .failed)
                let held = try await cluster.namespaces(labelledFor: kept)
                #expect(held.count == 2)
                let released = try await cluster.awaitCleanedUp("failed", in: namespace)
                let left = try await cluster.namespaces(labelledFor: released)
                #expect(left.isEmpty)
                let until = try #require(kept.status.environment?.retainUntil)
                let completed = try #require(released.status.completedAt)
                #expect(until - completed == .seconds(6))
                let saved = try #require(released.status.environment?.diagnostics)
                let bundle = try await cluster.client.get(ConfigMap.self, ObjectKey(namespace: namespace, name: saved))
                #expect(bundle.data["diagnostics.txt"]?.contains("visitors") == true)
            }
        }

        /// Whoever takes the environment away from under a run is not the agent: said at once, and graded by nobody.
        @Test(arguments: [Phase.deploying, .running])
        func anEnvironmentDeletedByHandEndsTheTaskAsLost(during phase: Phase) async throws {
            let name = "lost-\(phase.rawValue.lowercased())"
            try await withBusyAgent(name) { cluster, namespace, server in
                let busy =
                    phase == .running
                    ? try await awaitBusy(name, cluster, namespace, server)
                    : try await cluster.await(name, in: namespace, "deploying") { $0.status.phase == .deploying }
                let environment = try #require(busy.status.environment?.name)
                let deletedAt = SystemTimeSource().monotonicNow()
                try await cluster.client.delete(.namespaces, ObjectKey(name: environment))
                let task = try await cluster.awaitFinished(name, in: namespace)
                #expect(SystemTimeSource().monotonicNow() - deletedAt < .seconds(30))
                let status = task.status
                #expect(status.phase == .failed)
                #expect(status.conditions.get(.succeeded)?.reason == "EnvironmentLost", "\(status.conditions)")
                #expect(status.result?.verdict == nil && !status.conditions.isTrue(.evaluated))
                _ = try await cluster.awaitCleanedUp(name, in: namespace)
                // What was seen of the environment before it went explains the failure, and stays with the task.
                let left = try await cluster.objects(labelledFor: busy.metadata.uid)
                #expect(left.allSatisfy { $0.hasSuffix("-diagnostics") }, "\(left)")
            }
        }

        // MARK: An agent that never comes to an end

        private func withBusyAgent(
            _ name: String, _ spec: JSONObject = [:],
            _ body: @Sendable (TestCluster, String, ModelServer) async throws -> Void
        ) async throws {
            try await ModelServer.with { _, _ in
                .acts("exec_shell(\"sleep 1; kubectl get pods\")")
            } _: { server in
                try await SharedOperator.withNamespace(name, workers: 1) { cluster, namespace in
                    let request = TaskRequest(
                        "shop_lite_target_port-misconfig-detection-1",
                        model: [
                            "provider": "OpenAICompatible", "name": "scripted", "baseURL": .string(server.baseURL),
                        ], spec)
                    try await cluster.apply(request, as: name, in: namespace)
                    try await body(cluster, namespace, server)
                }
            }
        }

        /// Asked a second time, with what its first action brought: the reply before it is in the conversation.
        private func awaitBusy(
            _ name: String, _ cluster: TestCluster, _ namespace: String, _ server: ModelServer
        ) async throws -> AIOpsTask {
            let task = try await cluster.await(name, in: namespace, "running") { $0.status.phase == .running }
            try await eventually("the agent has acted") {
                let calls = server.calls.count
                return .holds(calls >= 2, else: "\(calls) calls")
            }
            return task
        }
    }
}
