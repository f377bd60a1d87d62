package import KubernetesClient
import KubernetesModel

/// Finds where pods reach the API server, so that the sandbox may go there and nowhere else.
package enum APIServerDiscovery {
    /// The address of the Service `kubernetes` and of what stands behind it, since policies are applied on either.
    ///
    /// Empty when they may not be read or are not there; the plan then allows the usual ports.
    ///
    /// - Throws: what may pass: a moment without the server must not widen a policy for the life of a sandbox.
    package static func find(_ client: KubernetesClient) async throws(KubernetesError) -> [APIServerAddress] {
        let key = ObjectKey(namespace: "default", name: "kubernetes")
        var found: [APIServerAddress] = []
        do throws(KubernetesError) {
            let service = try await client.get(Service.self, key)
            found += service.spec.ports.map { APIServerAddress(address: service.spec.clusterIP, port: $0.port) }
            for subset in try await client.get(Endpoints.self, key).subsets {
                for address in subset.addresses {
                    found += subset.ports.map { APIServerAddress(address: address.ip, port: $0.port) }
                }
            }
        } catch {
            if error.isRetryable || error.isCancelled { throw error }
            return []
        }
        return found
    }
}
