package import AIOpsAPI
package import Environments
package import KubernetesClient
import KubernetesModel
package import Primitives

/// Takes down what a task's inventory names, after saving what explains a failure.
package struct EnvironmentReleaser: Sendable {
    private let task: AIOpsTask
    private let client: KubernetesClient
    private let time: any TimeSource
    private let redact: @Sendable (String) -> String

    package init(
        task: AIOpsTask, client: KubernetesClient, time: any TimeSource, redact: @escaping @Sendable (String) -> String
    ) {
        self.task = task
        self.client = client
        self.time = time
        self.redact = redact
    }

    package func release() async throws(EnvironmentError) -> ReleaseOutcome {
        let inventory = (task.status.environment?.inventory ?? []).map {
            InventoryItem(apiVersion: $0.apiVersion, kind: $0.kind, namespace: $0.namespace ?? "", name: $0.name)
        }
        return try await NamespaceRelease(client: client, taskUID: task.metadata.uid, inventory: inventory).release()
    }

    /// Writes events, pod states and last logs of the environment to a ConfigMap beside the task.
    ///
    /// - Returns: its name; nil when there is no environment to look at. The ConfigMap is made once: a repeat after a
    ///   crash keeps the first, which saw the environment while more of it was there.
    package func saveDiagnostics() async throws(EnvironmentError) -> String? {
        let namespaces = [task.status.environment?.name, task.status.environment?.sandbox].compactMap(\.self)
        guard !namespaces.isEmpty else { return nil }
        let bundle = await DiagnosticsCollector(
            client: client, namespaces: namespaces, time: time, redact: redact
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
