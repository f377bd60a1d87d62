import AIOpsAPI
import ClusterTesting
import FaultTesting
import Glibc
import JSON
import KubernetesClient
import KubernetesModel
import Primitives
import Testing

extension FaultClusterTests {
    /// Many tasks, fifty at a time, leave nothing: `AIOPS_CROWD` says how many, 24 unless it is set.
    @Suite(.timeLimit(.minutes(60))) struct Crowd {
        private static let pool = "crowd"
        private static let atATime = 50
        private static let count = getenv("AIOPS_CROWD").flatMap { Int(String(cString: $0)) } ?? 24

        @Test func manyTasksFiftyAtATimeLeaveNothing() async throws {
            let session = try FaultSession.current()
            let (cluster, namespace) = (session.cluster, session.namespace)
            // No fault, but the stand-in node is the session's.
            try await session.rig.arm([])
            try await cluster.createPool(workers: Self.atATime, in: namespace, named: Self.pool)
            let before = try await cluster.census()
            let time = SystemTimeSource()
            let began = time.monotonicNow()
            var names: [String] = []
            for number in 1...Self.count {
                let name = "crowd-\(number)"
                names.append(name)
                let workload: Workload = number % 2 == 0 ? .detection : .mitigation
                var request = workload.request(model: session.model.baseURL)
                request.spec = ["poolRef": ["name": .string(Self.pool)]]
                try await cluster.apply(request, as: name, in: namespace)
            }
            var most = 0
            try await eventually("all \(names.count) are cleaned up", within: .seconds(3000), every: .seconds(1)) {
                let tasks = try await tasks(of: names, cluster, namespace)
                most = max(most, tasks.filter { $0.status.phase?.isRunning == true }.count)
                let done = tasks.filter { $0.status.isFinished && $0.status.conditions.isTrue(.cleanedUp) }.count
                return .holds(done == names.count, else: "\(done) of \(names.count)")
            }
            let took = time.monotonicNow() - began
            print("crowd: \(names.count) tasks in \(took.wholeSeconds) s, at most \(most) at a time")
            #expect(most <= Self.atATime)
            for task in try await tasks(of: names, cluster, namespace) {
                let name = task.metadata.name
                #expect(task.status.result?.verdict == .passed, "\(name): \(task.status.result?.reason ?? "")")
                #expect(task.status.environment?.inventory.isEmpty == true, "\(name)")
            }
            try await expectOwners(cluster, namespace)
            let atEnd = try await cluster.census().subtracting(before).filter { Self.isOfAnEnvironment($0) }
            #expect(atEnd.isEmpty)

            for name in names {
                try await cluster.client.delete(
                    AIOpsTask.resourceType, ObjectKey(namespace: namespace, name: name), DeleteOptions())
            }
            try await eventually("there is what there was", within: .seconds(600), every: .seconds(2)) {
                let after = try await cluster.census()
                let (more, less) = (after.subtracting(before), before.subtracting(after))
                return .holds(
                    more.isEmpty && less.isEmpty,
                    else: "\(more.count) more: \(more.sorted().prefix(5)), \(less.count) less")
            }
            try await cluster.client.delete(
                WorkerPool.resourceType, ObjectKey(namespace: namespace, name: Self.pool), DeleteOptions())
        }

        private func tasks(
            of names: [String], _ cluster: TestCluster, _ namespace: String
        ) async throws -> [AIOpsTask] {
            let wanted = Set(names)
            return try await cluster.client.list(AIOpsTask.self, namespace: namespace).items.filter {
                wanted.contains($0.metadata.name)
            }
        }

        /// Everything of ours beside the tasks goes with something that is there.
        private func expectOwners(_ cluster: TestCluster, _ namespace: String) async throws {
            let owners = Set(
                try await cluster.client.list(AIOpsTask.self, namespace: namespace).items.map(\.metadata.uid)
                    + cluster.client.list(LLMConversation.self, namespace: namespace).items.map(\.metadata.uid))
            for map in try await cluster.client.list(ConfigMap.self, namespace: namespace).items
            where map.metadata.labels.keys.contains(where: { $0.hasPrefix("aiops.dev/") }) {
                let owned = map.metadata.ownerReferences.contains { owners.contains($0.uid) }
                #expect(owned, "ConfigMap \(map.metadata.name) goes with nothing that is there")
            }
        }

        /// Namespaces of tasks and all that lies in them.
        private static func isOfAnEnvironment(_ name: String) -> Bool {
            name.contains(" env-") || name.contains(" box-")
        }
    }
}
