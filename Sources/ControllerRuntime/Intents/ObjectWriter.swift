package import KubernetesClient
package import KubernetesModel

/// The writes that intents come down to.
package protocol ObjectWriter: Sendable {
    func create(
        _ type: ResourceType, _ manifest: DynamicObject, options: WriteOptions
    ) async throws(KubernetesError) -> WriteReceipt

    func patch(
        _ type: ResourceType, _ key: ObjectKey, _ patch: Patch, subresource: String?, options: WriteOptions
    ) async throws(KubernetesError) -> WriteReceipt

    func delete(
        _ type: ResourceType, _ key: ObjectKey, _ options: DeleteOptions
    ) async throws(KubernetesError)
}

extension KubernetesClient: ObjectWriter {}
