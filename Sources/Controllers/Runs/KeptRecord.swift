import AIOpsAPI
import KubernetesClient
import KubernetesModel
import Primitives

/// What an attempt was like before something happened to it, in a ConfigMap beside the task: more than a status bears that is
/// rewritten all the time.
///
/// Created once and never changed: a repeat after a crash keeps the first, which was taken before it.
struct KeptRecord: Sendable {
    enum Subject: String {
        /// The healthy application, of up to 16 KiB.
        case baseline
        /// What the agent has within its reach when it begins, of up to 2,000 lines.
        case reach
    }

    let subject: Subject
    let task: AIOpsTask
    let attempt: Int
    let client: KubernetesClient
    let time: any TimeSource

    private var file: String { "\(subject).json" }

    private var key: ObjectKey {
        ObjectKey(namespace: task.metadata.namespace ?? "", name: "\(task.metadata.uid)-\(attempt)-\(subject)")
    }

    /// Whoever deletes it in the moment in which it is found to be there takes it from the grading: it is written again.
    func save(_ text: String) async throws(RunStop) {
        let map = ConfigMap(
            metadata: ObjectMeta(name: key.name, namespace: key.namespace, ownerReferences: [task.ownerReference]),
            data: [file: text], immutable: true)
        for attempt in 1...Self.attempts {
            do {
                try await Patience(time: time).again(while: { $0.isRetryable }) { () async throws(KubernetesError) in
                    _ = try await client.create(map, options: WriteOptions(fieldManager: "aiops-worker"))
                }
                return
            } catch {
                let what = "the \(subject) could not be kept"
                guard error.isAlreadyExists else { throw RunStop(error, .deploymentFailed, what) }
                if try await isThere() { return }
                if attempt == Self.attempts { throw RunStop(error, .deploymentFailed, what) }
            }
        }
    }

    private static let attempts = 3

    func isThere() async throws(RunStop) -> Bool {
        do {
            _ = try await Patience(time: time).again(while: { $0.isRetryable }) {
                () async throws(KubernetesError) in try await client.get(ConfigMap.self, key)
            }
            return true
        } catch {
            guard error.isNotFound else {
                throw RunStop(error, .deploymentFailed, "the \(subject) could not be read back")
            }
            return false
        }
    }

    func load() async throws(RunStop) -> String {
        do {
            return try await Patience(time: time).again(while: { $0.isRetryable }) {
                () async throws(KubernetesError) in try await client.get(ConfigMap.self, key).data[file] ?? ""
            }
        } catch {
            throw RunStop(error, .evaluationFailed, "the \(subject) cannot be read")
        }
    }
}

extension RunContext {
    var baseline: KeptRecord { get async { await kept(.baseline) } }

    func kept(_ subject: KeptRecord.Subject) async -> KeptRecord {
        KeptRecord(
            subject: subject, task: await record.task, attempt: attempt, client: services.client, time: services.time)
    }
}
