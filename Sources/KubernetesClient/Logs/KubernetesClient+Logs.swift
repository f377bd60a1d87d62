import HTTP
package import KubernetesModel

extension KubernetesClient {
    /// The log as the kubelet has it now; what the container writes is not always UTF-8.
    package func logs(_ pod: ObjectKey, _ options: LogOptions = LogOptions()) async throws(KubernetesError) -> [UInt8] {
        var request = logRequest(pod, options.query(follow: false))
        // Some kubelets go over the limit by a line's worth.
        request.responseLimit = options.limitBytes + (1 << 16)
        return try await bytes(request)
    }

    /// The lines of a log as they are written, until the container ends or the reader stops.
    ///
    /// ``LogOptions/limitBytes`` has no meaning here: the reader decides when it has had enough.
    package func followLogs(
        _ pod: ObjectKey, _ options: LogOptions = LogOptions()
    ) async throws(KubernetesError) -> LogStream {
        var request = logRequest(pod, options.query(follow: true))
        request.repeatability = .never
        request.pool = .watch
        request.responseLimit = .max
        request.totalTimeout = nil
        return LogStream(body: try await response(request).body, operation: request.operation)
    }

    private func logRequest(_ pod: ObjectKey, _ query: [(String, String)]) -> APIRequest {
        APIRequest(
            operation: Operation(verb: "get", resource: .pods, key: pod, subresource: "log"), method: "GET",
            path: ResourceType.pods.path(namespace: pod.namespace, name: pod.name, subresource: "log"),
            query: query, accept: "*/*", repeatability: .safe)
    }
}
