import JSON
package import KubernetesModel

/// Writes of objects that have no struct, such as manifests.
extension KubernetesClient {
    package func createDynamic(
        _ type: ResourceType, _ object: DynamicObject, options: WriteOptions = WriteOptions()
    ) async throws(KubernetesError) -> DynamicObject {
        let request = createRequest(type, object.metadata, object.jsonBytes(), options)
        return try decode(DynamicObject.self, try await sender.bytes(request), request.operation)
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
        return try decode(DynamicObject.self, try await sender.bytes(request), request.operation)
    }

    /// Replaces the object whole; the version it carries must be the newest.
    package func updateDynamic(
        _ type: ResourceType, _ object: DynamicObject, subresource: String? = nil,
        options: WriteOptions = WriteOptions()
    ) async throws(KubernetesError) -> DynamicObject {
        let metadata = object.metadata
        let key = metadata.key
        let request = APIRequest(
            operation: Operation(verb: "update", resource: type, key: key, subresource: subresource), method: "PUT",
            path: type.path(namespace: key.namespace, name: key.name, subresource: subresource), query: options.query,
            contentType: "application/json", body: object.jsonBytes(),
            repeatability: metadata.resourceVersion.isEmpty ? .unsafe : .safe)
        return try decode(DynamicObject.self, try await sender.bytes(request), request.operation)
    }
}
