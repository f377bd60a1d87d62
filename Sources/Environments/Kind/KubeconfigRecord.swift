package import KubernetesClient
package import KubernetesModel

/// The kubeconfig of an attempt's cluster, in a Secret beside the task that goes with it.
///
/// Made once the cluster stands and removed before it is deleted: that it is there says that the cluster was made
/// whole.
package struct KubeconfigRecord: Sendable {
    static let file = "kubeconfig"

    package let key: ObjectKey
    private let taskUID: String
    private let owner: OwnerReference?
    private let client: KubernetesClient

    /// `client` is that of the task's own cluster; without an `owner` nothing can be written.
    package init(namespace: String, taskUID: String, attempt: Int, owner: OwnerReference?, client: KubernetesClient) {
        key = Self.key(namespace: namespace, taskUID: taskUID, attempt: attempt)
        self.taskUID = taskUID
        self.owner = owner
        self.client = client
    }

    /// One that an inventory names, to be removed.
    init(key: ObjectKey, taskUID: String, client: KubernetesClient) {
        self.key = key
        self.taskUID = taskUID
        owner = nil
        self.client = client
    }

    package static func key(namespace: String, taskUID: String, attempt: Int) -> ObjectKey {
        ObjectKey(namespace: namespace, name: "\(taskUID)-\(attempt)-kubeconfig")
    }

    /// What is recorded; nil when nothing is.
    package func load() async throws(EnvironmentError) -> String? {
        do throws(KubernetesError) {
            return try await own(client.get(Secret.self, key))?.text(Self.file)
        } catch {
            if error.isNotFound { return nil }
            throw .observe(error)
        }
    }

    package func save(_ kubeconfig: String) async throws(EnvironmentError) {
        let secret = Secret(
            metadata: ObjectMeta(
                name: key.name, namespace: key.namespace, labels: [EnvironmentNames.uidLabel: taskUID],
                ownerReferences: [owner].compactMap(\.self)),
            data: [Self.file: Array(kubeconfig.utf8)], immutable: true)
        do throws(KubernetesError) {
            _ = try await client.create(secret, options: WriteOptions(fieldManager: ObjectMaker.fieldManager))
        } catch {
            // A reply may have been lost.
            if error.isAlreadyExists, try await load() == kubeconfig { return }
            throw .create(Secret.resourceType, key, error)
        }
    }

    package func remove() async throws(EnvironmentError) {
        do throws(KubernetesError) {
            guard let secret = try await own(client.get(Secret.self, key)) else { return }
            try await client.delete(Secret.resourceType, key, DeleteOptions(uid: secret.metadata.uid))
        } catch {
            guard error.isNotFound || error.isConflict else { throw .release(error) }
        }
    }

    /// One of somebody else's is not looked into, nor touched.
    private func own(_ secret: Secret) -> Secret? {
        secret.metadata.labels[EnvironmentNames.uidLabel] == taskUID ? secret : nil
    }
}
