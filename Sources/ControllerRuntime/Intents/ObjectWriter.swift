package import KubernetesClient
package import KubernetesModel

/// The writes that intents come down to.
package protocol ObjectWriter: Sendable {
    func createDynamic(
        _ type: ResourceType, _ object: DynamicObject, options: WriteOptions
    ) async throws(KubernetesError) -> DynamicObject

    func patchDynamic(
        _ type: ResourceType, _ key: ObjectKey, _ patch: Patch, subresource: String?, options: WriteOptions
    ) async throws(KubernetesError) -> DynamicObject

    func delete(
        _ type: ResourceType, _ key: ObjectKey, _ options: DeleteOptions
    ) async throws(KubernetesError)
}

extension KubernetesClient: ObjectWriter {}
