import ClusterTesting
import ConformanceTesting
import CurlTransport
import KubernetesClient
import KubernetesModel
import Primitives
import Testing

/// A real server to play scenarios to, each in a namespace of its own.
struct LiveStage: Sendable {
    private let cluster: TestCluster
    private let transport: CurlTransport

    /// Opens the cluster with our definitions for as long as `body` runs; no operator is there meanwhile.
    static func with(_ profile: TestProfile, _ body: @escaping @Sendable (LiveStage) async throws -> Void) async throws
    {
        try await TestCluster.with(profile) { cluster in
            let transport = CurlTransport()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await transport.run() }
                defer { group.cancelAll() }
                try await body(LiveStage(cluster: cluster, transport: transport))
            }
        }
    }

    /// Plays every scenario for one sort of server, some at a time.
    func compare(_ form: ServedForm) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var waiting = Performance.all(form)[...]
            for _ in 0..<6 { if let next = waiting.popFirst() { group.addTask { try await compare(next) } } }
            while try await group.next() != nil {
                if let next = waiting.popFirst() { group.addTask { try await compare(next) } }
            }
        }
    }

    private func compare(_ performance: Performance) async throws {
        let namespace = "conformance-\(TestCluster.randomSuffix())"
        _ = try await cluster.client.create(Namespace(metadata: ObjectMeta(name: namespace)))
        do {
            let time = SystemTimeSource()
            let patience = time.monotonicNow() + .seconds(60)
            let stage = Stage(
                try ClientConfiguration.load(kubeconfigPath: cluster.kubeconfig, context: nil, environment: [:]),
                transport: transport, time: time, namespace: namespace,
                wait: {
                    do { try await time.sleep(for: .milliseconds(50)) } catch { return false }
                    return time.monotonicNow() < patience
                }, endWatches: {})
            let real = try await performance.play(on: stage)
            try Recording(performance).writeIfWanted(real)
            let memory = try await performance.play(on: try await MemoryStage.make(performance.form.profile))
            let differences = AnswerComparison.differences(performance, memory: memory, real: real)
            if let reason = try Unmended.reason(performance) {
                withKnownIssue("\(performance): \(reason)", isIntermittent: true) { #expect(differences.isEmpty) }
            } else {
                #expect(differences.isEmpty, "\(performance)\n\(differences.joined(separator: "\n"))")
            }
        } catch {
            Issue.record("\(performance): \(error)")
        }
        for left in try await cluster.client.list(Namespace.self).items
        where left.metadata.name.hasPrefix(namespace) && !left.metadata.isBeingDeleted {
            try await cluster.client.delete(.namespaces, left.key, DeleteOptions(uid: left.metadata.uid))
        }
    }
}
