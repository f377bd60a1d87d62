package import AIOpsAPI
import ClusterTesting
package import KubernetesClient
import KubernetesModel
import Primitives

/// Every version of one task that the API server ever showed, in order.
package final class Recording: Sendable {
    private let uid: String
    private let name: String
    private let namespace: String
    private let seen = Locked<[AIOpsTask]>([])

    package init(_ task: AIOpsTask) {
        uid = task.metadata.uid
        name = task.metadata.name
        namespace = task.metadata.namespace ?? ""
        seen.withLock { $0.append(task) }
    }

    package var versions: [AIOpsTask] { seen.withLock { $0 } }

    /// Records until it is cancelled; throws where the history has a hole.
    package func run(_ client: KubernetesClient) async throws {
        var version = versions.last?.metadata.resourceVersion ?? ""
        while !Task.isCancelled {
            let events = try await client.watch(
                AIOpsTask.self, namespace: namespace,
                options: WatchOptions(resourceVersion: version, fieldSelector: "metadata.name=\(name)"))
            for try await event in events {
                switch event {
                case .added(let task), .modified(let task), .deleted(let task):
                    version = task.metadata.resourceVersion
                    guard task.metadata.uid == uid else { continue }
                    see(task)
                case .bookmark(let newer, _): version = newer
                case .error(let status): throw NeverHappened("the recording has a hole: \(status)")
                }
            }
        }
    }

    func see(_ task: AIOpsTask) { seen.withLock { $0.append(task) } }

    /// I4, and what must never change once it is said.
    package var violations: [String] {
        var found: [String] = []
        let versions = versions
        for (old, new) in zip(versions, versions.dropFirst()) {
            let (before, after) = (old.status, new.status)
            let (from, to) = (before.phase ?? .pending, after.phase ?? .pending)
            if !from.canMove(to: to, startingAttempt: after.attempt > before.attempt) {
                found.append("I4: phase went from \(from) to \(to)")
            }
            if after.observedGeneration < before.observedGeneration { found.append("I4: observedGeneration fell") }
            if (after.claim?.epoch ?? 0) < (before.claim?.epoch ?? 0) { found.append("I7: the claim's epoch fell") }
            if before.conditions.isTrue(.evaluated), before.result?.verdict != after.result?.verdict {
                found.append("the verdict changed from \(String(describing: before.result?.verdict))")
            }
            for condition in after.conditions {
                guard let earlier = before.conditions.first(where: { $0.type == condition.type }),
                    earlier.status == condition.status, earlier.lastTransitionTime != condition.lastTransitionTime
                else { continue }
                found.append("I4: \(condition.type) has a new transition time and the same status")
            }
            if before.isFinished, before.claim != after.claim || before.completedAt != after.completedAt {
                found.append("a finished task was given another end")
            }
            if !before.environmentIsWrittenDown, after.environmentIsWrittenDown, new.metadata.finalizers.isEmpty {
                found.append("I1: an environment without the finalizer")
            }
        }
        return found
    }
}

extension AIOpsTask.Status {
    fileprivate var environmentIsWrittenDown: Bool { environment?.inventory.isEmpty == false }
}
