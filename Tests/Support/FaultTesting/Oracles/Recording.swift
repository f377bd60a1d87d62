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
    /// Whether the server may forget versions before they are read; else that is an error.
    private let mayHaveHoles: Bool
    private let seen = Locked<[AIOpsTask]>([])
    /// Places of the versions before which others are missing.
    private let holes = Locked<Set<Int>>([])

    package init(_ task: AIOpsTask, mayHaveHoles: Bool = false) {
        self.mayHaveHoles = mayHaveHoles
        uid = task.metadata.uid
        name = task.metadata.name
        namespace = task.metadata.namespace ?? ""
        seen.withLock { $0.append(task) }
    }

    package var versions: [AIOpsTask] { seen.withLock { $0 } }

    /// Records until it is cancelled; throws where the history has a hole that it may not have.
    package func run(_ client: KubernetesClient) async throws {
        var version = versions.last?.metadata.resourceVersion ?? ""
        while !Task.isCancelled {
            do {
                version = try await follow(client, from: version)
            } catch let error as KubernetesError where mayHaveHoles && (error.isExpired || error.isNotFound) {
                version = try await lookAgain(client)
            }
        }
    }

    /// - Returns: the version to go on from when the server ends the stream.
    private func follow(_ client: KubernetesClient, from start: String) async throws -> String {
        var version = start
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
            case .error(let status):
                guard mayHaveHoles else { throw NeverHappened("the recording has a hole: \(status)") }
                throw KubernetesError(Operation(verb: "watch"), .expired, status: status)
            }
        }
        return version
    }

    /// The task as it is behind a hole, once somebody can say.
    ///
    /// - Returns: the version to go on from.
    private func lookAgain(_ client: KubernetesClient) async throws -> String {
        try await eventually("the server lists tasks again", every: .milliseconds(50)) {
            do throws(KubernetesError) {
                let list = try await client.list(AIOpsTask.self, namespace: namespace)
                let last = versions.last?.metadata.resourceVersion
                if let task = list.items.first(where: { $0.metadata.uid == uid }),
                    task.metadata.resourceVersion != last
                {
                    let place = versions.count
                    holes.withLock { _ = $0.insert(place) }
                    see(task)
                }
                return .yes(list.resourceVersion)
            } catch {
                guard error.isNotFound || error.isRetryable else { throw error }
                return .notYet("\(error)")
            }
        }
    }

    func see(_ task: AIOpsTask) { seen.withLock { $0.append(task) } }

    /// I4, and what must never change once it is said.
    package var violations: [String] {
        var found: [String] = []
        let versions = versions
        let holes = holes.withLock { $0 }
        for (place, (old, new)) in zip(versions, versions.dropFirst()).enumerated() {
            let (before, after) = (old.status, new.status)
            let (from, to) = (before.phase ?? .pending, after.phase ?? .pending)
            let hasHole = holes.contains(place + 1)
            if !hasHole, !from.canMove(to: to, startingAttempt: after.attempt > before.attempt) {
                found.append("I4: phase went from \(from) to \(to)")
            }
            if after.observedGeneration < before.observedGeneration { found.append("I4: observedGeneration fell") }
            if (after.claim?.epoch ?? 0) < (before.claim?.epoch ?? 0) { found.append("I7: the claim's epoch fell") }
            if before.conditions.isTrue(.evaluated), before.result?.verdict != after.result?.verdict {
                found.append("the verdict changed from \(String(describing: before.result?.verdict))")
            }
            found += StampedTwice.complaints(before.conditions, after.conditions, "the task")
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
