import HTTP
import JSON
package import KubernetesModel

/// Reads of which the server sends the metadata only: for kinds where nothing else matters, at a fraction of the bytes.
extension KubernetesClient {
    package func getMetadata(
        _ type: ResourceType, _ key: ObjectKey
    ) async throws(KubernetesError) -> PartialObjectMetadata {
        var request = getRequest(type, key)
        request.accept = metadataForm
        return try decode(PartialObjectMetadata.self, try await bytes(request), request.operation)
    }

    /// As ``list(_:namespace:options:)``.
    package func listMetadata(
        _ type: ResourceType, namespace: String? = nil, options: ListOptions = ListOptions()
    ) async throws(KubernetesError) -> ResourceList<PartialObjectMetadata> {
        var options = options
        options.metadataOnly = true
        return try await pages(ListPage<PartialObjectMetadata>.self, type, namespace, options)
    }

    /// As ``watch(_:namespace:options:)``.
    package func watchMetadata(
        _ type: ResourceType, namespace: String? = nil, options: WatchOptions = WatchOptions()
    ) async throws(KubernetesError) -> WatchStream<PartialObjectMetadata> {
        var request = watchRequest(type, namespace, options)
        request.accept = metadataForm
        return WatchStream(body: try await response(request).body, operation: request.operation)
    }
}

/// How metadata alone is asked for; a server that cannot give it sends the whole, which decodes the same.
private let metadataForm = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json"
