package import KubernetesClient
import KubernetesModel
import Primitives

/// The cluster the operator runs against, known by the uid of its oldest namespace, which is never made anew.
package final class HomeCluster: Sendable {
    private let client: KubernetesClient
    private let known = Locked<String?>(nil)

    package init(client: KubernetesClient) { self.client = client }

    package func id() async throws(EnvironmentError) -> String {
        if let known = known.withLock({ $0 }) { return known }
        let uid: String
        do {
            uid = try await client.get(Namespace.self, ObjectKey(name: "kube-system")).metadata.uid
        } catch {
            throw .observe(error)
        }
        known.withLock { $0 = uid }
        return uid
    }
}
