package import KubernetesClient
import KubernetesModel
package import Primitives

/// Makes planned objects, each once: what is there already is adopted when it carries our label, else refused.
package struct ObjectMaker: Sendable {
    /// Neither this nor anything else in an object's managed fields tells who made it.
    package static let fieldManager = "deploy"

    private let client: KubernetesClient
    private let time: any TimeSource
    private let owner: (label: String, value: String)
    /// Quotas and tokens are ready some moments after their namespace; a create is repeated for this long.
    private let patience: Duration

    package init(
        client: KubernetesClient, time: any TimeSource, taskUID: String, patience: Duration = .seconds(20)
    ) {
        self.init(client: client, time: time, owner: (EnvironmentNames.uidLabel, taskUID), patience: patience)
    }

    /// The objects carry the label of their owner already.
    init(
        client: KubernetesClient, time: any TimeSource, owner: (label: String, value: String),
        patience: Duration = .seconds(20)
    ) {
        self.client = client
        self.time = time
        self.owner = owner
        self.patience = patience
    }

    package enum Outcome: Sendable, Hashable {
        case created
        case adopted
    }

    @discardableResult
    package func make(_ planned: PlannedObject) async throws(EnvironmentError) -> Outcome {
        let deadline = time.monotonicNow() + patience
        while true {
            do {
                _ = try await client.createDynamic(
                    planned.type, planned.object, options: WriteOptions(fieldManager: Self.fieldManager))
                return .created
            } catch {
                if error.isAlreadyExists || isOverQuota(error), try await isOurs(planned) { return .adopted }
                if error.isAlreadyExists {
                    // It went between the two requests.
                } else if !isTransient(error) {
                    throw .create(planned.type, planned.key, error)
                }
                guard time.monotonicNow() < deadline else { throw .create(planned.type, planned.key, error) }
            }
            do { try await time.sleep(for: .milliseconds(250)) } catch { throw .cancelled }
        }
    }

    /// The server counts an object against the quota before it looks whether it is there, and takes refused creates back
    /// only some minutes later: who asks for a pod a third time is told of the quota, not of the pod.
    private func isOverQuota(_ error: KubernetesError) -> Bool {
        guard case .forbidden = error.kind else { return false }
        return error.message.contains("exceeded quota")
    }

    /// False when it is gone again.
    private func isOurs(_ planned: PlannedObject) async throws(EnvironmentError) -> Bool {
        let metadata: ObjectMeta
        do {
            metadata = try await client.getDynamic(planned.type, planned.key).metadata
        } catch {
            if error.isNotFound { return false }
            throw .observe(error)
        }
        guard metadata.labels[owner.label] == owner.value else {
            throw .foreignObject(planned.type, planned.key)
        }
        if metadata.isBeingDeleted { throw .stillTerminating(planned.key) }
        return true
    }

    /// True for refusals that end by themselves: the server has not yet counted a new quota, or not yet seen a new
    /// ServiceAccount or namespace.
    private func isTransient(_ error: KubernetesError) -> Bool {
        let text = error.message
        if case .forbidden = error.kind {
            return text.contains("status unknown for quota") || text.contains("error looking up service account")
        }
        if error.isNotFound { return text.contains("namespace") || text.contains("serviceaccount") }
        return error.isRetryable
    }
}
