import AIOpsAPI
import ClusterTesting
import JSON
import KubernetesClient
import KubernetesModel
import Primitives
import Testing

extension PoolAndEnds {
    /// A pool bounds how many tasks run, and its end is not theirs.
    @Suite(.timeLimit(.minutes(30))) struct Pool {
        @Test func tenTasksOnThreeWorkersNeverRunMoreThanThreeAtATime() async throws {
            try await SharedOperator.withNamespace("pool", workers: 3) { cluster, namespace in
                let names = (0..<10).map { "task-\($0)" }
                for name in names { try await cluster.apply(.noFault, as: name, in: namespace) }
                // Every version of every task, in the order in which the server wrote them.
                let active = Locked<Set<String>>([])
                let most = Locked(0)
                let done = Locked<[String: AIOpsTask]>([:])
                try await cluster.follow(namespace, "all ten are cleaned up", within: .seconds(300)) { task, _ in
                    let name = task.metadata.name
                    let count = active.withLock { active in
                        if task.status.phase?.isRunning == true {
                            active.insert(name)
                        } else {
                            active.remove(name)
                        }
                        return active.count
                    }
                    most.withLock { $0 = max($0, count) }
                    guard task.status.isFinished, task.status.conditions.isTrue(.cleanedUp) else { return false }
                    return done.withLock { done in
                        done[name] = task
                        return done.count == names.count
                    }
                }
                #expect(most.withLock { $0 } == 3)
                for task in done.withLock({ Array($0.values) }) {
                    #expect(task.status.result?.verdict == .passed, "\(task.metadata.name)")
                    #expect(task.status.claim?.epoch == 1, "\(task.metadata.name) was given away twice")
                    let left = try await cluster.namespaces(labelledFor: task)
                    #expect(left.isEmpty, "\(task.metadata.name)")
                }
                try await eventually("the pool says that it is idle") {
                    let pool = try await cluster.client.get(
                        WorkerPool.self, ObjectKey(namespace: namespace, name: "default"))
                    // The private cluster is a 1.20 without the admission of Pod Security.
                    let security = pool.status.conditions.get(.podSecurity)
                    return .holds(
                        pool.status.idle == 3 && pool.status.busy == 0 && pool.status.queue?.total == 0
                            && security?.status == .false && security?.reason == "PodSecurityNotEnforced",
                        else: "\(pool.status)")
                }
            }
        }

        @Test func deletingThePoolUnderRunningTasksLosesNoneOfThem() async throws {
            try await SharedOperator.withNamespace("poolless", workers: 2) { cluster, namespace in
                let names = ["a", "b", "c"]
                for name in names { try await cluster.apply(.noFault, as: name, in: namespace) }
                let running = Locked<Set<String>>([])
                try await cluster.follow(namespace, "two run") { task, _ in
                    guard task.status.phase?.isRunning == true else { return false }
                    return running.withLock { running in
                        running.insert(task.metadata.name)
                        return running.count == 2
                    }
                }
                let key = ObjectKey(namespace: namespace, name: "default")
                try await cluster.client.delete(WorkerPool.resourceType, key)
                for name in running.withLock({ $0 }) {
                    let task = try await cluster.awaitCleanedUp(name, in: namespace)
                    #expect(task.status.result?.verdict == .passed, "\(name): \(task.status.conditions)")
                }
                let waiting = try #require(names.first { !running.withLock({ $0 }).contains($0) })
                let task = try await cluster.await(waiting, in: namespace, "says that its pool is gone") {
                    $0.status.conditions.get(.succeeded)?.reason == "PoolNotFound"
                }
                #expect(task.status.phase == .queued)
                try await cluster.createPool(workers: 1, in: namespace)
                let last = try await cluster.awaitCleanedUp(waiting, in: namespace)
                #expect(last.status.result?.verdict == .passed)
            }
        }
    }
}
