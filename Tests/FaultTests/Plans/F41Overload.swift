import AIOpsAPI
import ClusterTesting
import FaultTesting
import JSON
import KubernetesClient
import KubernetesModel
import Primitives
import Testing

extension FaultClusterTests {
    /// 5,100 tasks in 51 namespaces at once, as published for another operator (mckinsey/agents-at-scale-ark #2597).
    ///
    /// The tasks name a problem that does not exist, so each takes the way through admission to its end and no
    /// environment: what is proven is that queues, caches and writes stay bounded and fair, not how fast agents work.
    @Suite(.timeLimit(.minutes(60)), .enabled(if: Draw.isExhaustive)) struct F41Overload {
        private static let namespaces = 51
        private static let tasksEach = 100
        private static let memoryLimit = 128 << 20

        @Test func allAreDoneWithinTheMemoryAndNobodyWaitsForTheOthers() async throws {
            let session = try FaultSession.current()
            let lives = session.process.lives
            let names = (0..<Self.namespaces).map { "overload-\($0)-\(TestCluster.randomSuffix())" }
            for name in names {
                _ = try await session.cluster.client.create(Namespace(metadata: ObjectMeta(name: name)))
            }
            let began = SystemTimeSource().wallNow()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for lane in 0..<16 {
                    group.addTask {
                        for number in stride(from: lane, to: Self.namespaces * Self.tasksEach, by: 16) {
                            let request = Workload.refused.request(model: session.model.baseURL)
                            try await session.cluster.apply(
                                request, as: "t\(number)", in: names[number % Self.namespaces])
                        }
                    }
                }
                try await group.waitForAll()
            }
            var ends: [String: Duration] = [:]
            try await eventually("all are done", within: .seconds(1200), every: .seconds(1)) {
                let tasks = try await session.cluster.client.list(AIOpsTask.self).items
                    .filter { $0.metadata.namespace?.hasPrefix("overload-") == true }
                let done = tasks.filter(\.status.isFinished)
                ends = done.reduce(into: [:]) { ends, task in
                    let took = (task.status.completedAt ?? began) - began
                    ends[task.metadata.namespace ?? ""] = max(took, ends[task.metadata.namespace ?? ""] ?? .zero)
                }
                let isOver = done.count == Self.namespaces * Self.tasksEach
                return .holds(isOver, else: "\(done.count) of \(tasks.count)")
            }
            let peak = try #require(session.process.peakMemory)
            let sorted = ends.values.sorted()
            let (median, slowest) = (sorted[sorted.count / 2], sorted[sorted.count - 1])
            print("F41: peak \(peak >> 20) MiB, namespaces done after \(median) (median), \(slowest) (slowest)")
            #expect(session.process.lives == lives && session.process.life?.isRunning == true)
            #expect(peak <= Self.memoryLimit, "\(peak) bytes")
            #expect(slowest <= median * 1.5, "\(slowest) against \(median)")
            for name in names {
                try await session.cluster.client.delete(.namespaces, ObjectKey(namespace: "", name: name))
            }
            for name in names {
                try await eventually("\(name) is gone", within: .seconds(600), every: .seconds(1)) {
                    let key = ObjectKey(namespace: "", name: name)
                    return .holds(try await session.cluster.isGone(Namespace.self, key), else: "it is there")
                }
            }
        }
    }
}
