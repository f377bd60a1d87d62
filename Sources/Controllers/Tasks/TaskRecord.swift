package import AIOpsAPI
import HTTP
import JSON
package import KubernetesClient
package import KubernetesModel
package import Primitives

/// The status of a claimed task, written by the worker that holds the claim.
///
/// Invariants: every write carries the uid and the resourceVersion it was computed from; after a conflict the claim is
/// read again, and a claim that is no longer this worker's ends the run without another write (I6, I7). A change that
/// changes nothing is not written (I8).
package actor TaskRecord {
    package nonisolated let key: ObjectKey
    package nonisolated let uid: String
    package nonisolated let claim: AIOpsTask.Claim
    private let client: KubernetesClient
    private let time: any TimeSource
    private var latest: AIOpsTask

    package init(_ task: AIOpsTask, claim: AIOpsTask.Claim, client: KubernetesClient, time: any TimeSource) {
        key = ObjectKey(namespace: task.metadata.namespace ?? "", name: task.metadata.name)
        uid = task.metadata.uid
        self.claim = claim
        self.client = client
        self.time = time
        latest = task
    }

    package var task: AIOpsTask { latest }
    package var status: AIOpsTask.Status { latest.status }

    /// Reads the task again; ends the run when it is no longer ours.
    package func refresh() async throws(RunStop) {
        do {
            latest = try await client.get(AIOpsTask.self, key)
        } catch {
            throw stop(for: error, doing: "read the task")
        }
        try checkOwnership()
    }

    /// Changes the status and writes what differs, again on fresh data after each conflict.
    package func update(_ change: @Sendable (inout AIOpsTask.Status, Timestamp) -> Void) async throws(RunStop) {
        for _ in 0..<Self.attempts {
            var status = latest.status
            change(&status, time.wallNow())
            guard status != latest.status else { return }
            guard let difference = JSONMergePatch.diff(from: latest.status.jsonValue(), to: status.jsonValue()) else {
                return
            }
            let patch: JSONValue = [
                "metadata": [
                    "uid": .string(uid), "resourceVersion": .string(latest.metadata.resourceVersion),
                ],
                "status": difference,
            ]
            do {
                latest = try await client.patch(
                    AIOpsTask.self, key, .merge(patch), subresource: "status",
                    options: WriteOptions(fieldManager: Self.fieldManager))
                return
            } catch {
                guard case .conflict = error.kind else { throw stop(for: error, doing: "write the task's status") }
            }
            try await refresh()
        }
        throw .failed(TaskFailure(.infrastructure, .internalError, "the task's status kept changing under the worker"))
    }

    private static let attempts = 8
    private static let fieldManager = "aiops-worker"

    private func checkOwnership() throws(RunStop) {
        guard latest.metadata.uid == uid else { throw .abandoned("a new task of this name took its place") }
        guard latest.metadata.deletionTimestamp == nil else { throw .abandoned("the task is being deleted") }
        guard !latest.status.isFinished else { throw .abandoned("the task is finished") }
        guard latest.status.claim?.epoch == claim.epoch, latest.status.claim?.worker == claim.worker else {
            throw .abandoned("the task was given to another worker")
        }
    }

    private func stop(for error: KubernetesError, doing what: String) -> RunStop {
        switch error.kind {
        case .notFound: return .abandoned("the task is gone")
        case .transport(.cancelled): return .interrupted
        default:
            return .failed(TaskFailure(.infrastructure, .internalError, "could not \(what)", cause: error))
        }
    }
}
