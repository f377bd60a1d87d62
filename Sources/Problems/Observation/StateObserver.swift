package import KubernetesClient
import KubernetesModel

/// Reads the state the oracles judge.
package struct StateObserver: Sendable {
    private let client: KubernetesClient
    private let namespace: String

    package init(client: KubernetesClient, namespace: String) {
        self.client = client
        self.namespace = namespace
    }

    package func observe() async throws(ProblemError) -> ObservedState {
        do {
            return ObservedState(
                services: try await client.list(Service.self, namespace: namespace).items,
                deployments: try await client.list(Deployment.self, namespace: namespace).items,
                pods: try await client.list(Pod.self, namespace: namespace).items,
                configMaps: try await client.list(ConfigMap.self, namespace: namespace).items)
        } catch {
            throw .observe(error)
        }
    }
}
