import AIOpsAPI
import ClusterTesting
import JSON
import KubernetesClient
import KubernetesModel
import Primitives
import Testing

/// The operator as a process against a real API server without pods.
@Suite(.operator(on: .api)) enum WithOperator {}

extension WithOperator {
    @Suite(.timeLimit(.minutes(3))) struct Status {
        /// A waiter that comes before the operator must not take the empty status for the present one.
        @Test func aNewTaskIsMarkedAsNotLookedAtAndThenLookedAt() async throws {
            try await SharedOperator.withNamespace("status", workers: 0) { cluster, namespace in
                let made = try await cluster.create(
                    AIOpsTask.resourceType, "new", in: namespace, ["spec": TaskRequest.noFault.value])
                #expect(made.value["status"]?["observedGeneration"] == -1)
                let task = try await cluster.await("new", in: namespace, "first status", within: .seconds(20)) {
                    $0.status.observedGeneration == $0.metadata.generation
                }
                #expect(task.metadata.generation == 1)
                #expect(task.status.conditions.get(.succeeded)?.status == .unknown)
                #expect(task.status.conditions.isTrue(.reconciling))
                // Before a worker may have it.
                try await cluster.await("new", in: namespace, "is held by its finalizer", within: .seconds(20)) {
                    $0.metadata.finalizers == ["aiops.dev/environment"]
                }
            }
        }

        @Test func aPoolScalesByItsScaleSubresource() async throws {
            try await SharedOperator.withNamespace("scale", workers: 1) { cluster, namespace in
                let key = ObjectKey(namespace: namespace, name: "default")
                try await cluster.awaitPool(key, "one worker") { $0.status.replicas == 1 && $0.status.ready == 1 }
                _ = try await cluster.kubectl.run("-n", namespace, "scale", "workerpool", "default", "--replicas=4")
                try await cluster.awaitPool(key, "four workers") { $0.status.workers.count == 4 }
                let path = WorkerPool.resourceType.path(namespace: namespace, name: "default", subresource: "scale")
                let raw = try await cluster.kubectl.run("get", "--raw", path)
                let scale = try JSONValue(parsing: Array(raw.utf8))
                #expect(scale["spec"]?["replicas"] == 4)
                #expect(scale["status"]?["replicas"] == 4)
                #expect(scale["status"]?["selector"]?.stringValue?.isEmpty == false)
            }
        }

        @Test func nothingIsWrittenAtRest() async throws {
            try await SharedOperator.withNamespace("rest", workers: 0) { cluster, namespace in
                for number in 0..<50 { try await cluster.apply(.noFault, as: "task-\(number)", in: namespace) }
                let key = ObjectKey(namespace: namespace, name: "default")
                try await cluster.awaitPool(key, "fifty are queued") { $0.status.queue?.total == 50 }
                let tasks = try await cluster.client.list(AIOpsTask.self, namespace: namespace)
                #expect(tasks.items.count { $0.status.phase == .queued } == 50)
                let pools = try await cluster.client.list(WorkerPool.self, namespace: namespace)
                async let taskWrites = cluster.writes(
                    AIOpsTask.resourceType, in: namespace, since: tasks.resourceVersion, seconds: 5)
                async let poolWrites = cluster.writes(
                    WorkerPool.resourceType, in: namespace, since: pools.resourceVersion, seconds: 5)
                #expect(try await taskWrites.isEmpty)
                #expect(try await poolWrites.isEmpty)
            }
        }
    }
}

extension TestCluster {
    func awaitPool(
        _ key: ObjectKey, _ what: String, _ isReached: (WorkerPool) -> Bool
    ) async throws {
        try await eventually(what, within: .seconds(30)) {
            let pool = try await client.get(WorkerPool.self, key)
            return .holds(isReached(pool), else: "\(pool.status)")
        }
    }

    /// What was written to objects of a type in a while, as the server tells it.
    func writes(
        _ type: ResourceType, in namespace: String, since version: String, seconds: Int
    ) async throws -> [String] {
        var writes: [String] = []
        let events = try await client.watchDynamic(
            type, namespace: namespace,
            options: WatchOptions(resourceVersion: version, timeoutSeconds: seconds))
        for try await event in events {
            switch event {
            case .added(let object), .modified(let object), .deleted(let object):
                writes.append("\(object.key) \(object.value["status"]?.text ?? "")")
            case .bookmark: break
            case .error(let status): throw NeverHappened("the watch ended: \(status)")
            }
        }
        return writes
    }
}
