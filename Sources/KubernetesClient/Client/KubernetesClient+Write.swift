import JSON
package import KubernetesModel

extension KubernetesClient {
    package func create<R: KubernetesObject>(
        _ object: R, options: WriteOptions = WriteOptions()
    ) async throws(KubernetesError) -> R {
        let request = createRequest(R.resourceType, object.metadata, object.jsonBytes(), options)
        return try decode(R.self, try await bytes(request), request.operation)
    }

    /// Replaces the object, all but its status; the version it carries must be the newest.
    package func update<R: KubernetesObject>(
        _ object: R, options: WriteOptions = WriteOptions()
    ) async throws(KubernetesError) -> R {
        try await replace(object, subresource: nil, options)
    }

    @available(*, unavailable, message: "only some fields of this kind are modelled; a replace would erase the others")
    package func update<R: PartialObject>(_ object: R, options: WriteOptions = WriteOptions()) -> R { object }

    /// Replaces the status and nothing else.
    package func updateStatus<R: KubernetesObject>(
        _ object: R, options: WriteOptions = WriteOptions()
    ) async throws(KubernetesError) -> R {
        try await replace(object, subresource: "status", options)
    }

    package func patch<R: KubernetesObject>(
        _ kind: R.Type, _ key: ObjectKey, _ patch: Patch, subresource: String? = nil,
        options: WriteOptions = WriteOptions()
    ) async throws(KubernetesError) -> R {
        let request = patchRequest(R.resourceType, key, patch, subresource, options)
        return try decode(R.self, try await bytes(request), request.operation)
    }

    func createRequest(
        _ type: ResourceType, _ metadata: ObjectMeta, _ body: [UInt8], _ options: WriteOptions
    ) -> APIRequest {
        APIRequest(
            operation: Operation(verb: "create", resource: type, key: metadata.key), method: "POST",
            path: type.path(namespace: metadata.namespace), query: options.query, contentType: "application/json",
            body: body, repeatability: options.isRepeated ? .unsafe : .never)
    }

    func patchRequest(
        _ type: ResourceType, _ key: ObjectKey, _ patch: Patch, _ subresource: String?, _ options: WriteOptions
    ) -> APIRequest {
        var query = options.query
        if case .apply(_, force: true) = patch { query.append(("force", "true")) }
        return APIRequest(
            operation: Operation(verb: "patch", resource: type, key: key, subresource: subresource), method: "PATCH",
            path: type.path(namespace: key.namespace, name: key.name, subresource: subresource), query: query,
            contentType: patch.contentType, body: patch.body,
            repeatability: options.isRepeated ? patch.repeatability : .never)
    }

    private func replace<R: KubernetesObject>(
        _ object: R, subresource: String?, _ options: WriteOptions
    ) async throws(KubernetesError) -> R {
        let key = object.metadata.key
        let request = APIRequest(
            operation: Operation(verb: "update", resource: R.resourceType, key: key, subresource: subresource),
            method: "PUT",
            path: R.resourceType.path(namespace: key.namespace, name: key.name, subresource: subresource),
            query: options.query, contentType: "application/json", body: object.jsonBytes(),
            // With a version, a repeat of a write that counted is a conflict and not a second write.
            repeatability: !options.isRepeated ? .never : object.metadata.resourceVersion.isEmpty ? .unsafe : .safe)
        return try decode(R.self, try await bytes(request), request.operation)
    }
}
