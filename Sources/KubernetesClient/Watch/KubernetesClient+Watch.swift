import HTTP
package import KubernetesModel

extension KubernetesClient {
    /// Opens one watch connection.
    ///
    /// Nothing is retried here: whoever consumes the stream keeps the version to go on from and decides on the pace.
    /// No namespace, or an empty one, means all of them.
    package func watch<R: KubernetesObject>(
        _ kind: R.Type, namespace: String? = nil, options: WatchOptions = WatchOptions()
    ) async throws(KubernetesError) -> WatchStream<R> {
        let request = watchRequest(R.resourceType, namespace, options)
        return WatchStream(body: try await response(request).body, operation: request.operation)
    }

    /// A watch of a kind without a struct.
    package func watchDynamic(
        _ type: ResourceType, namespace: String? = nil, options: WatchOptions = WatchOptions()
    ) async throws(KubernetesError) -> WatchStream<DynamicObject> {
        let request = watchRequest(type, namespace, options)
        return WatchStream(body: try await response(request).body, operation: request.operation)
    }

    func watchRequest(_ type: ResourceType, _ namespace: String?, _ options: WatchOptions) -> APIRequest {
        let timeout = options.timeoutSeconds ?? sender.random(in: 300...600)
        let key = namespace.flatMap { $0.isEmpty ? nil : ObjectKey(namespace: $0, name: "") }
        return APIRequest(
            operation: Operation(verb: "watch", resource: type, key: key), method: "GET",
            path: type.path(namespace: namespace), query: options.query(timeoutSeconds: timeout),
            repeatability: .never, pool: .watch, responseLimit: .max, totalTimeout: nil,
            // The server ends the watch by then; silence beyond it means that nobody is there any more.
            idleTimeout: .seconds(timeout + 5))
    }
}
