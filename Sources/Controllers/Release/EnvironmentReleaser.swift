package import AIOpsAPI
package import Environments
package import KubernetesClient
import KubernetesModel
package import Primitives

/// Takes down what a task's inventory names, after saving what explains a failure.
package struct EnvironmentReleaser: Sendable {
    private let task: AIOpsTask
    private let client: KubernetesClient
    private let kind: KindHost?
    private let time: any TimeSource
    private let redact: @Sendable (String) -> String

    package init(
        task: AIOpsTask, client: KubernetesClient, kind: KindHost? = nil, time: any TimeSource,
        redact: @escaping @Sendable (String) -> String
    ) {
        self.task = task
        self.client = client
        self.kind = kind
        self.time = time
        self.redact = redact
    }

    package func release() async throws(EnvironmentError) -> ReleaseOutcome {
        let inventory = (task.status.environment?.inventory ?? []).map {
            InventoryItem(apiVersion: $0.apiVersion, kind: $0.kind, namespace: $0.namespace ?? "", name: $0.name)
        }
        let uid = task.metadata.uid
        // The namespaces of a cluster of its own go with it.
        guard !inventory.contains(where: \.isKindCluster) else {
            return try await KindRelease(host: kind, client: client, taskUID: uid, inventory: inventory).release()
        }
        return try await NamespaceRelease(client: client, taskUID: uid, inventory: inventory).release()
    }

    /// A client of the cluster the environment is in; nil when that cannot be reached any more.
    private func reach() async throws(EnvironmentError) -> KubernetesClient? {
        guard task.status.environment?.type == .kind else { return client }
        guard let kind else { return nil }
        let record = KubeconfigRecord(
            namespace: task.metadata.namespace ?? "", taskUID: task.metadata.uid, attempt: task.currentAttempt,
            owner: nil,
            client: client)
        guard let kubeconfig = try await record.load() else { return nil }
        do { return try kind.connect(kubeconfig) } catch { return nil }
    }

    /// Writes events, pod states and last logs of the environment to a ConfigMap beside the task.
    ///
    /// - Returns: its name; nil when there is no environment to look at. The ConfigMap is made once: a repeat after a
    ///   crash keeps the first, which saw the environment while more of it was there.
    package func saveDiagnostics() async throws(EnvironmentError) -> String? {
        let namespaces = [task.status.environment?.name, task.status.environment?.sandbox].compactMap(\.self)
        guard !namespaces.isEmpty, let reach = try await reach() else { return nil }
        let bundle = await DiagnosticsCollector(
            client: reach, namespaces: namespaces, time: time, redact: redact
        ).collect()
        let name = "\(task.metadata.uid)-\(task.currentAttempt)-diagnostics"
        let map = ConfigMap(
            metadata: ObjectMeta(
                name: name, namespace: task.metadata.namespace,
                labels: [EnvironmentNames.uidLabel: task.metadata.uid], ownerReferences: [task.ownerReference]),
            data: ["diagnostics.txt": bundle.text], immutable: true)
        do {
            _ = try await client.create(map, options: WriteOptions())
        } catch {
            if error.isCancelled { throw .cancelled }
            guard error.isAlreadyExists else { throw .create(.configMaps, map.metadata.key, error) }
        }
        return name
    }
}
