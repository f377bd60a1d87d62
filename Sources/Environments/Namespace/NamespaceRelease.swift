package import KubernetesClient
import KubernetesModel

/// Takes an environment down, from nothing but the task's uid and the inventory in its status.
///
/// Invariant: only namespaces that carry the uid are deleted, and each with the uid of the very object that was seen,
/// so that a namespace of somebody else is never touched, whatever it is called.
package struct NamespaceRelease: Sendable {
    private let client: KubernetesClient
    private let taskUID: String
    private let inventory: [InventoryItem]

    package init(client: KubernetesClient, taskUID: String, inventory: [InventoryItem]) {
        self.client = client
        self.taskUID = taskUID
        self.inventory = inventory
    }

    /// Asks for the deletion of all that is left, and says what a listing made after that shows.
    package func release() async throws(EnvironmentError) -> ReleaseOutcome {
        for namespace in try await present() where !namespace.metadata.isBeingDeleted {
            try await delete(.namespaces, namespace.metadata.key, DeleteOptions(uid: namespace.metadata.uid))
            try await endPods(in: namespace.metadata.name)
        }
        let left = try await present()
        return left.isEmpty ? .gone : .remaining(left.map(remainder))
    }

    /// Asks the pods of a namespace that is on its way out to end now.
    ///
    /// The namespace controller begins five seconds after the deletion and then asks again in steps that double: each second
    /// a pod lives longer costs up to two. Asked for before it begins, the pods are gone when it looks. By then nothing can be
    /// made in the namespace any more, so no controller replaces them.
    private func endPods(in namespace: String) async throws(EnvironmentError) {
        let pods: [Pod]
        do {
            pods = try await client.list(Pod.self, namespace: namespace).items
        } catch {
            throw .release(error)
        }
        for pod in pods where !pod.metadata.isBeingDeleted {
            try await delete(.pods, pod.metadata.key, DeleteOptions(uid: pod.metadata.uid, gracePeriodSeconds: 1))
        }
    }

    private func delete(
        _ type: ResourceType, _ key: ObjectKey, _ options: DeleteOptions
    ) async throws(EnvironmentError) {
        do {
            try await client.delete(type, key, options)
        } catch {
            // Gone already, or replaced by another: either way not ours to delete any more.
            guard error.isNotFound || error.isConflict else { throw .release(error) }
        }
    }

    /// The namespaces of the inventory that are there and ours.
    private func present() async throws(EnvironmentError) -> [Namespace] {
        let names = Set(inventory.filter { $0.kind == "Namespace" }.map(\.name))
        guard !names.isEmpty else { return [] }
        do {
            let labelled = LabelSelector([EnvironmentNames.uidLabel: taskUID])
            return try await client.list(Namespace.self, options: ListOptions(labels: labelled)).items
                .filter { names.contains($0.metadata.name) }
        } catch {
            throw .release(error)
        }
    }

    private func remainder(_ namespace: Namespace) -> ReleaseOutcome.Remainder {
        ReleaseOutcome.Remainder(
            item: InventoryItem(
                apiVersion: "v1", kind: "Namespace", namespace: "", name: namespace.metadata.name),
            note: namespace.status.conditions.filter { $0.status == .true }
                .map { "\($0.reason): \($0.message)" }.joined(separator: "; "),
            since: namespace.metadata.deletionTimestamp)
    }
}

extension NamespaceEnvironment {
    /// Takes the environment down; to be repeated until it says that all is gone.
    package func release() async throws(EnvironmentError) -> ReleaseOutcome {
        try await NamespaceRelease(client: client, taskUID: plan.request.taskUID, inventory: plan.inventory).release()
    }
}
