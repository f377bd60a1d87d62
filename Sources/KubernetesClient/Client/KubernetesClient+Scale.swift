import JSON
package import KubernetesModel

/// The scale subresource, for every kind that has one.
extension KubernetesClient {
    package func scale(_ type: ResourceType, _ key: ObjectKey) async throws(KubernetesError) -> Scale {
        var request = getRequest(type, key)
        request.operation.subresource = "scale"
        request.path = type.path(namespace: key.namespace, name: key.name, subresource: "scale")
        return try decode(Scale.self, try await bytes(request), request.operation)
    }

    /// Says how many are wanted; with a version, only if the object is still as it was then.
    package func setScale(
        _ type: ResourceType, _ key: ObjectKey, replicas: Int64, resourceVersion: String? = nil,
        options: WriteOptions = WriteOptions()
    ) async throws(KubernetesError) -> Scale {
        var patch: JSONValue = ["spec": ["replicas": .integer(replicas)]]
        if let resourceVersion { patch["metadata"] = ["resourceVersion": .string(resourceVersion)] }
        let request = patchRequest(type, key, .merge(patch), "scale", options)
        return try decode(Scale.self, try await bytes(request), request.operation)
    }
}
