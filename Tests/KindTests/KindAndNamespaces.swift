import AIOpsAPI
import ClusterTesting
import KubernetesClient
import KubernetesModel
import Testing

/// Tasks in clusters of their own beside tasks in namespaces, as users have them.
@Suite(.timeLimit(.minutes(30))) struct KindAndNamespaces {
    private static let requests: [(name: String, request: TaskRequest)] = [
        ("detection", .detection), ("mitigation", .mitigation),
    ]

    @Test func twoOfEachAtOncePassAndLeaveNothing() async throws {
        try await KindRig.use("kind", workers: 4) { rig in
            let start = try await rig.cluster.client.list(Namespace.self).resourceVersion
            #expect(try await rig.engine.containers() == [:], "somebody's clusters are here before")
            for (name, request) in Self.requests {
                try await rig.applyKind(request, as: "kind-\(name)")
                try await rig.cluster.apply(request, as: "namespace-\(name)", in: rig.namespace)
            }
            let clusters = try await eventually("both clusters are there at the same time", within: .seconds(300)) {
                let clusters = try await rig.engine.clusters()
                return clusters.count == 2 ? .yes(clusters) : .notYet("\(clusters)")
            }
            var noted: [String] = []
            for (name, _) in Self.requests { noted += try await rig.task("kind-\(name)").kindClusters }
            #expect(noted.sorted() == clusters.sorted())
            var ended: [AIOpsTask] = []
            for (name, _) in Self.requests {
                for type in [EnvironmentType.kind, .namespace] {
                    let task = try await rig.cleanedUp(type == .kind ? "kind-\(name)" : "namespace-\(name)")
                    try await expect(task, passedIn: type, rig, since: start)
                    ended.append(task)
                }
            }
            try await rig.expectNothingLeft(of: ended)
            #expect(rig.leftBehindByKind == [])
            let left = clusters.flatMap { ProcessTable.running([$0]) }
            #expect(left == [])
        }
    }

    private func expect(
        _ task: AIOpsTask, passedIn type: EnvironmentType, _ rig: KindRig, since start: String
    ) async throws {
        let name = task.metadata.name
        let status = task.status
        #expect(status.phase == .succeeded && status.result?.verdict == .passed, "\(name): \(status.conditions)")
        #expect(status.environment?.type == type, "\(name)")
        #expect(status.claim?.epoch == 1, "\(name)")
        // In a cluster of its own nothing is made at home.
        let made = try await rig.cluster.namespacesEverMade(for: task, since: start)
        #expect(made.count == (type == .kind ? 0 : 2), "\(name): \(made)")
        let conversation = try await ConversationOfTask.read(task, rig.cluster)
        #expect(conversation.messages.count == status.result?.totalMessages, "\(name)")
    }
}
