import HTTP
package import KubernetesModel

/// Sessions over WebSocket; the connection lives as long as `body` runs and is closed however that ends.
extension KubernetesClient {
    /// Runs a command in a container and hands its streams to `body`.
    ///
    /// For a command whose output is wanted whole, ``exec(_:_:)`` is simpler.
    package func exec<Value>(
        _ pod: ObjectKey, command: [String], _ options: RemoteOptions,
        _ body: (RemoteSession) async throws -> Value
    ) async throws -> Value {
        try await remote(pod, "exec", options.query + command.map { ("command", $0) }, body)
    }

    /// Joins the streams of a container's main process, from now on.
    package func attach<Value>(
        _ pod: ObjectKey, _ options: RemoteOptions, _ body: (RemoteSession) async throws -> Value
    ) async throws -> Value {
        try await remote(pod, "attach", options.query, body)
    }

    /// Connects to a port of a pod; one connection for one connection, as the kubelet speaks it without SPDY.
    package func portForward<Value>(
        _ pod: ObjectKey, port: Int, _ body: (PortForward) async throws -> Value
    ) async throws -> Value {
        let request = remoteRequest(pod, "portforward", [("ports", String(port))])
        let connection = try await sender.webSocket(request, subprotocols: [PortForward.subprotocol])
        return try await closing(connection) {
            try await body(PortForward(connection, request.operation))
        }
    }

    private func remote<Value>(
        _ pod: ObjectKey, _ subresource: String, _ query: [(String, String)],
        _ body: (RemoteSession) async throws -> Value
    ) async throws -> Value {
        let request = remoteRequest(pod, subresource, query)
        let connection = try await sender.webSocket(request, subprotocols: ChannelMessage.subprotocols)
        return try await closing(connection) {
            try await body(RemoteSession(connection, request.operation))
        }
    }

    private func closing<Value>(
        _ connection: any WebSocketConnection, _ body: () async throws -> Value
    ) async throws -> Value {
        do {
            let value = try await body()
            await connection.close()
            return value
        } catch {
            await connection.close()
            throw error
        }
    }

    private func remoteRequest(_ pod: ObjectKey, _ subresource: String, _ query: [(String, String)]) -> APIRequest {
        APIRequest(
            operation: Operation(verb: subresource, resource: .pods, key: pod, subresource: subresource),
            method: "GET",
            path: ResourceType.pods.path(namespace: pod.namespace, name: pod.name, subresource: subresource),
            query: query, accept: "*/*", repeatability: .never)
    }
}
