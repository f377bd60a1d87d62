import AIOpsAPI
import ClusterTesting
import Conversations
import KubernetesClient
import KubernetesModel
import Primitives
import Testing

/// kill -9 in each stage; whoever comes next ends the task as if nothing had happened.
@Suite(.timeLimit(.minutes(30))) struct Restart {
    private static let stages: [Phase] = [.provisioning, .deploying, .injecting, .running, .evaluating]

    /// The tasks run one after another and are all released at the end: waiting for each would take minutes.
    @Test func killedInAnyStageTheTaskEndsAsIfNothingHadHappened() async throws {
        try await TestCluster.with(.node) { cluster in
            try await OperatorProcess.with(cluster) { process in
                try await cluster.withNamespace("restart") { namespace in
                    let start = try await cluster.client.list(Namespace.self).resourceVersion
                    try await cluster.createPool(workers: 1, in: namespace)
                    var killed: [(stage: Phase, name: String, epoch: Int64)] = []
                    for stage in Self.stages {
                        let name = "killed-\(stage.rawValue.lowercased())"
                        try await cluster.apply(.mitigation, as: name, in: namespace)
                        let task = try await cluster.await(name, in: namespace, "in phase \(stage.rawValue)") {
                            $0.status.phase == stage
                        }
                        try await process.kill()
                        let left = try await cluster.client.get(AIOpsTask.self, task.metadata.key)
                        #expect(!left.status.isFinished, "\(name) was killed too late to prove anything")
                        killed.append((stage, name, left.status.claim?.epoch ?? -1))
                        try process.start()
                        _ = try await cluster.awaitFinished(name, in: namespace)
                    }
                    for (_, name, epoch) in killed {
                        let ended = try await cluster.awaitCleanedUp(name, in: namespace)
                        try await expect(ended, asIfNothingHadHappenedTo: name, cluster)
                        #expect(ended.status.claim?.epoch == epoch + 1, "\(name)")
                        let made = try await cluster.namespacesEverMade(for: ended, since: start)
                        let expected = [ended.status.environment?.name, ended.status.environment?.sandbox]
                        #expect(made.sorted() == expected.compactMap(\.self).sorted(), "\(name)")
                    }
                }
            }
        }
    }

    private func expect(
        _ task: AIOpsTask, asIfNothingHadHappenedTo name: String, _ cluster: TestCluster
    ) async throws {
        #expect(task.status.phase == .succeeded, "\(name): \(task.status.conditions)")
        #expect(task.status.result?.verdict == .passed, "\(name): \(task.status.result?.message ?? "")")
        #expect(task.status.attempt == 1, "\(name)")
        #expect(task.status.stages.map(\.name) == Self.stages.map(\.rawValue), "\(name)")
        #expect(task.status.conditions.isTrue(.conversationPersisted), "\(name)")
        let conversation = try await ConversationOfTask.read(task, cluster)
        #expect(conversation.messages.count == task.status.result?.totalMessages, "\(name)")
        #expect(conversation.messages.count { $0.role == .system } == 1, "\(name)")
        let left = try await cluster.objects(labelledFor: task.metadata.uid)
        #expect(left.isEmpty, "\(name)")
    }
}
