package import KubernetesClient
import KubernetesModel
import Primitives

/// The Kind cluster of one attempt, in which its two namespaces are made as anywhere else.
///
/// Every step may be repeated, by whoever continues after a crash. Whoever calls ``provide(progress:)`` has written
/// ``inventory`` where it survives first.
package struct KindEnvironment: Sendable {
    package let order: KindOrder
    private let host: KindHost
    private let record: KubeconfigRecord

    package init(order: KindOrder, host: KindHost, record: KubeconfigRecord) {
        self.order = order
        self.host = host
        self.record = record
    }

    /// What is written in the task's status before the cluster is made.
    package var inventory: [InventoryItem] {
        [
            InventoryItem(cluster: order.name.text),
            InventoryItem(apiVersion: "v1", kind: "Secret", namespace: record.key.namespace, name: record.key.name),
        ]
    }

    /// Makes the cluster, or takes over the one that was made whole, and gives a client of it.
    package func provide(
        progress: @escaping @Sendable (String) -> Void
    ) async throws(EnvironmentError) -> KubernetesClient {
        let recorded = try await recordedClient()
        var reach = recorded?.client
        var kubeconfig = recorded?.kubeconfig ?? ""
        let exists = try await kind { () throws(KindError) in try await host.clusters.exists(order.name) }
        for step in KindProvision.steps(isRecorded: reach != nil, exists: exists) {
            switch step {
            case .adopt: break
            case .forget: try await record.remove()
            case .delete:
                progress("deleting a cluster that was half made")
                try await kind { () throws(KindError) in try await host.clusters.delete(order.name) }
            case .create:
                kubeconfig = try await kind { () throws(KindError) in
                    try await host.clusters.create(order, progress: progress)
                }
                reach = try connect(kubeconfig)
            case .record: try await record.save(kubeconfig)
            }
        }
        guard let reach else { throw .kind(.unusableKubeconfig("there is none")) }
        return reach
    }

    /// A client of the cluster that was made; nil when none is recorded.
    package func reach() async throws(EnvironmentError) -> KubernetesClient? { try await recordedClient()?.client }

    /// What is lost, in words; nil while the cluster is there.
    package func loss() async throws(KindError) -> String? {
        try await host.clusters.exists(order.name) ? nil : "Kind cluster \(order.name) was deleted"
    }

    private func recordedClient() async throws(EnvironmentError) -> (client: KubernetesClient, kubeconfig: String)? {
        guard let kubeconfig = try await record.load() else { return nil }
        // What cannot be used is as good as not there.
        do throws(KubernetesError) { return (try host.connect(kubeconfig), kubeconfig) } catch { return nil }
    }

    private func connect(_ kubeconfig: String) throws(EnvironmentError) -> KubernetesClient {
        do { return try host.connect(kubeconfig) } catch { throw .kind(.unusableKubeconfig(error.message)) }
    }

    private func kind<Value>(
        _ body: () async throws(KindError) -> Value
    ) async throws(EnvironmentError) -> Value {
        do { return try await body() } catch { throw error == .cancelled ? .cancelled : .kind(error) }
    }
}

extension InventoryItem {
    /// The version of kind's own configuration.
    private static let kindVersion = "kind.x-k8s.io/v1alpha4"

    package init(cluster name: String) {
        self.init(apiVersion: Self.kindVersion, kind: "Cluster", namespace: "", name: name)
    }

    /// Whether it names a Kind cluster.
    package var isKindCluster: Bool { apiVersion == Self.kindVersion && kind == "Cluster" }
}
