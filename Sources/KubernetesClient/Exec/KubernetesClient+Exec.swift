import HTTP
package import KubernetesModel
import Primitives

extension KubernetesClient {
    /// Runs a command in a container and waits for its end, or for the time limit.
    ///
    /// A connection that breaks on the way is a result with a `failure` and no exit code, because output may be there
    /// and the command may have done its work; only an exec that could not be opened throws.
    package func exec(_ pod: ObjectKey, _ exec: ExecRequest) async throws(KubernetesError) -> ExecResult {
        let request = APIRequest(
            operation: Operation(verb: "exec", resource: .pods, key: pod, subresource: "exec"), method: "GET",
            path: ResourceType.pods.path(namespace: pod.namespace, name: pod.name, subresource: "exec"),
            query: exec.query, accept: "*/*", repeatability: .never)
        let connection = try await sender.webSocket(request, subprotocols: ChannelMessage.subprotocols)
        let session = ExecSession(connection: connection, request: exec, time: sender.time)
        let result = await session.run()
        guard !Task.isCancelled else { throw KubernetesError(request.operation, .transport(.cancelled)) }
        return result
    }
}
