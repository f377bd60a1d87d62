package import AIOpsAPI
import KubernetesClient
import KubernetesModel
import Lifecycle
import Primitives

extension TestCluster {
    /// Shows `look` every version of every task in a namespace, in order, until it has seen enough.
    ///
    /// Deleted tasks are shown once more, as they were last, with `isDeleted`. Where the server has forgotten versions, what
    /// is there by then is shown.
    package func follow(
        _ namespace: String, _ what: String, within limit: Duration = .seconds(240),
        _ look: @escaping @Sendable (_ task: AIOpsTask, _ isDeleted: Bool) -> Bool
    ) async throws {
        let last = Locked<[String: String]>([:])
        do {
            try await withDeadline(limit, time: SystemTimeSource()) {
                while try await !followOnce(namespace, last, look) {}
            }
        } catch is DeadlineExceeded {
            throw NeverHappened("not within \(limit): \(what); last seen: \(last.withLock { $0 })")
        }
    }

    /// - Returns: false when the server has forgotten where to go on from.
    private func followOnce(
        _ namespace: String, _ last: Locked<[String: String]>, _ look: (AIOpsTask, Bool) -> Bool
    ) async throws -> Bool {
        let list = try await client.list(AIOpsTask.self, namespace: namespace)
        var version = list.resourceVersion
        for task in list.items {
            last.withLock { $0[task.metadata.name] = Self.summary(task) }
            if look(task, false) { return true }
        }
        while true {
            do {
                let events = try await client.watch(
                    AIOpsTask.self, namespace: namespace, options: WatchOptions(resourceVersion: version))
                for try await event in events {
                    switch event {
                    case .added(let task), .modified(let task):
                        version = task.metadata.resourceVersion
                        last.withLock { $0[task.metadata.name] = Self.summary(task) }
                        if look(task, false) { return true }
                    case .deleted(let task):
                        version = task.metadata.resourceVersion
                        last.withLock { $0[task.metadata.name] = "deleted" }
                        if look(task, true) { return true }
                    case .bookmark(let newer, _): version = newer
                    case .error(let status):
                        guard status.code == 410 else { throw NeverHappened("the watch ended: \(status)") }
                        return false
                    }
                }
            } catch let error as KubernetesError where error.isExpired {
                return false
            }
        }
    }

    /// The first version of a task for which `isReached` holds.
    @discardableResult
    package func await(
        _ name: String, in namespace: String, _ what: String, within limit: Duration = .seconds(240),
        _ isReached: @escaping @Sendable (AIOpsTask) -> Bool
    ) async throws -> AIOpsTask {
        let found = Locked<AIOpsTask?>(nil)
        try await follow(namespace, "\(name): \(what)", within: limit) { task, isDeleted in
            guard task.metadata.name == name, !isDeleted, isReached(task) else { return false }
            found.withLock { $0 = task }
            return true
        }
        guard let task = found.withLock({ $0 }) else { throw NeverHappened("\(name): \(what)") }
        return task
    }

    /// The task once it has ended and what it made is released.
    package func awaitCleanedUp(
        _ name: String, in namespace: String, within limit: Duration = .seconds(240)
    ) async throws -> AIOpsTask {
        try await self.await(name, in: namespace, "finished and cleaned up", within: limit) {
            $0.status.isFinished && $0.status.conditions.isTrue(.cleanedUp)
        }
    }

    package func awaitFinished(
        _ name: String, in namespace: String, within limit: Duration = .seconds(240)
    ) async throws -> AIOpsTask {
        try await self.await(name, in: namespace, "finished", within: limit) { $0.status.isFinished }
    }

    package func awaitGone(_ task: AIOpsTask, within limit: Duration = .seconds(180)) async throws {
        try await eventually("task \(task.metadata.key) is gone", within: limit) {
            .holds(try await isGone(AIOpsTask.self, task.metadata.key), else: "it is there")
        }
    }

    private static func summary(_ task: AIOpsTask) -> String {
        let said = task.status.conditions.get(.succeeded).map { "\($0.reason) \($0.message)" } ?? ""
        return "\(task.status.phase?.rawValue ?? "no phase") \(said)"
    }
}
