import JSON
package import KubernetesModel

/// Writes of objects that have no struct, such as manifests.
extension KubernetesClient {
    package func create(
        _ type: ResourceType, _ manifest: DynamicObject, options: WriteOptions
    ) async throws(KubernetesError) -> WriteReceipt {
        let request = createRequest(type, manifest.metadata, manifest.jsonBytes(), options)
        return try decode(WriteReceipt.self, try await bytes(request), request.operation)
    }

    package func patch(
        _ type: ResourceType, _ key: ObjectKey, _ patch: Patch, subresource: String?, options: WriteOptions
    ) async throws(KubernetesError) -> WriteReceipt {
        let request = patchRequest(type, key, patch, subresource, options)
        return try decode(WriteReceipt.self, try await bytes(request), request.operation)
    }

    package func createDynamic(
        _ type: ResourceType, _ object: DynamicObject, options: WriteOptions = WriteOptions()
    ) async throws(KubernetesError) -> DynamicObject {
        let request = createRequest(type, object.metadata, object.jsonBytes(), options)
        return try decode(DynamicObject.self, try await bytes(request), request.operation)
    }

    /// Server-side apply of the whole object.
    package func applyDynamic(
        _ type: ResourceType, _ object: DynamicObject, force: Bool = true, options: WriteOptions = WriteOptions()
    ) async throws(KubernetesError) -> DynamicObject {
        try await patchDynamic(type, object.key, .apply(object.value, force: force), options: options)
    }

    package func patchDynamic(
        _ type: ResourceType, _ key: ObjectKey, _ patch: Patch, subresource: String? = nil,
        options: WriteOptions = WriteOptions()
    ) async throws(KubernetesError) -> DynamicObject {
        let request = patchRequest(type, key, patch, subresource, options)
        return try decode(DynamicObject.self, try await bytes(request), request.operation)
    }
}
