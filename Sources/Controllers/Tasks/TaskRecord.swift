package import AIOpsAPI
package import ControllerRuntime
import HTTP
import JSON
package import KubernetesClient
package import KubernetesModel
package import Primitives

/// The status of a claimed task, written by the worker that holds the claim.
///
/// Invariants: every write carries the uid and the resourceVersion it was computed from; after a conflict the claim is
/// read again, and a claim that is no longer this worker's ends the run without another write (I6, I7). A change that
/// changes nothing is not written (I8). A server that cannot be reached, and a status that others keep changing, are waited
/// for, and never the task's failure.
package actor TaskRecord {
    package nonisolated let key: ObjectKey
    package nonisolated let uid: String
    package nonisolated let claim: AIOpsTask.Claim
    private let client: KubernetesClient
    private let time: any TimeSource
    private let wrote: @Sendable (WrittenObject, ObjectKey) -> Void
    private var redact: @Sendable (String) -> String
    private var latest: AIOpsTask
    /// The end that was written last; whether it stands is not known while its answer is missing.
    private var writtenEnd: AIOpsTask.Status?

    /// `wrote` hears of each write that the server has confirmed, and of which task; `redact` takes secrets out of the words
    /// in it.
    package init(
        _ task: AIOpsTask, claim: AIOpsTask.Claim, client: KubernetesClient, time: any TimeSource,
        wrote: @escaping @Sendable (WrittenObject, ObjectKey) -> Void = { _, _ in },
        redact: @escaping @Sendable (String) -> String = { $0 }
    ) {
        key = ObjectKey(namespace: task.metadata.namespace ?? "", name: task.metadata.name)
        uid = task.metadata.uid
        self.claim = claim
        self.client = client
        self.time = time
        self.redact = redact
        self.wrote = wrote
        latest = task
    }

    package var task: AIOpsTask { latest }
    package var status: AIOpsTask.Status { latest.status }

    /// From now on also takes out what a run has come to know.
    func hide(with redact: @escaping @Sendable (String) -> String) { self.redact = redact }

    /// Reads the task again; ends the run when it is no longer ours.
    ///
    /// What is another's is not kept: a write made from it would not be refused.
    package func refresh() async throws(RunStop) {
        var failures = 0
        while true {
            do {
                let read = try await client.get(AIOpsTask.self, key)
                try checkOwnership(read)
                latest = read
                return
            } catch let error as KubernetesError {
                try await sitOut(error, failures, doing: "read the task")
                failures += 1
            } catch let stop as RunStop {
                throw stop
            } catch {
                throw .failed(TaskFailure(.infrastructure, .internalError, "could not read the task", cause: error))
            }
        }
    }

    /// Changes the status and writes what differs, again on fresh data after each conflict.
    package func update(_ change: @Sendable (inout AIOpsTask.Status, Timestamp) -> Void) async throws(RunStop) {
        for attempt in 0..<Self.attempts {
            var status = latest.status
            change(&status, time.wallNow())
            status.hideSecrets(since: latest.status, redact)
            guard status != latest.status else { return }
            guard let difference = JSONMergePatch.diff(from: latest.status.jsonValue(), to: status.jsonValue()) else {
                return
            }
            if status.isFinished { writtenEnd = status }
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
                let written = WrittenObject(
                    type: AIOpsTask.resourceType, key: key, uid: uid, resourceVersion: latest.metadata.resourceVersion)
                wrote(written, key)
                return
            } catch {
                if !error.isConflict {
                    try await sitOut(error, attempt, doing: "write the task's status")
                } else if attempt > 1 {
                    // Once or twice it was somebody else's turn; more often, there is a crowd that has to pass.
                    do { try await time.sleep(for: Patience.wait(attempt - 2)) } catch { throw .interrupted }
                }
            }
            // After a lost reply as well: the write may stand, and the change is then made on top of it.
            try await refresh()
        }
        // A crowd that does not pass is no reason to end a task: whoever holds the claim goes on from here.
        throw .interrupted
    }

    private static let attempts = 8
    private static let fieldManager = "aiops-worker"

    private func checkOwnership(_ read: AIOpsTask) throws(RunStop) {
        guard read.metadata.uid == uid else { throw .abandoned("a new task of this name took its place") }
        guard read.metadata.deletionTimestamp == nil else { throw .abandoned("the task is being deleted") }
        guard !read.status.isFinished || isOurEnd(read.status) else { throw .abandoned("the task is finished") }
        guard read.status.claim?.epoch == claim.epoch, read.status.claim?.worker == claim.worker else {
            throw .abandoned("the task was given to another worker")
        }
    }

    /// Whether the end that stands is the one whose answer was lost: everybody's end has a moment and a result of its own.
    private func isOurEnd(_ status: AIOpsTask.Status) -> Bool {
        guard let ours = writtenEnd else { return false }
        return status.phase == ours.phase && status.result == ours.result
            && status.completedAt?.rfc3339 == ours.completedAt?.rfc3339
    }

    /// Waits where trying again may help, 31 s in all; throws where it does not, or has not.
    private func sitOut(_ error: KubernetesError, _ failures: Int, doing what: String) async throws(RunStop) {
        if error.isNotFound { throw .abandoned("the task is gone") }
        if error.isCancelled { throw .interrupted }
        guard error.isRetryable else {
            throw .failed(TaskFailure(.infrastructure, .internalError, "could not \(what)", cause: error))
        }
        // Whoever holds the claim goes on later from where this run is now.
        guard failures < Patience.repeats else { throw .interrupted }
        do { try await time.sleep(for: Patience.wait(failures)) } catch { throw .interrupted }
    }
}
