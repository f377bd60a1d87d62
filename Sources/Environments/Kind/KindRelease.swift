package import KubernetesClient

/// Takes the Kind clusters of a task down, from nothing but its uid and the inventory in its status.
///
/// Invariants: only a cluster whose name was made for this task by an operator of this home cluster is deleted,
/// whatever the inventory says; its kubeconfig goes first, so that nobody takes a cluster over that is on its way out.
package struct KindRelease: Sendable {
    private let host: KindHost?
    private let client: KubernetesClient
    private let taskUID: String
    private let inventory: [InventoryItem]

    package init(host: KindHost?, client: KubernetesClient, taskUID: String, inventory: [InventoryItem]) {
        self.host = host
        self.client = client
        self.taskUID = taskUID
        self.inventory = inventory
    }

    /// Asks for the deletion of all that is left, and says what a listing made after that shows.
    package func release() async throws(EnvironmentError) -> ReleaseOutcome {
        let items = inventory.filter(\.isKindCluster)
        guard !items.isEmpty else { return .gone }
        guard let host else { throw .kind(.notConfigured) }
        let home = try await host.homeID()
        var names: [KindClusterName] = []
        for item in items {
            guard let name = KindClusterName(found: item.name, home: home), name.belongs(to: taskUID) else {
                throw .kind(.foreignCluster(item.name))
            }
            names.append(name)
        }
        for item in inventory where item.kind == "Secret" && item.apiVersion == "v1" {
            try await KubeconfigRecord(key: item.key, taskUID: taskUID, client: client).remove()
        }
        do throws(KindError) {
            var left = Set(try await host.clusters.names())
            for name in names where left.contains(name.text) { try await host.clusters.delete(name) }
            left = Set(try await host.clusters.names())
            let remaining = names.filter { left.contains($0.text) }
            guard !remaining.isEmpty else { return .gone }
            return .remaining(remaining.map { .init(item: InventoryItem(cluster: $0.text), note: "") })
        } catch {
            throw error == .cancelled ? .cancelled : .kind(error)
        }
    }
}
