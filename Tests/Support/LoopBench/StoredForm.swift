import HTTP
import JSON
import KubernetesModel
import Primitives

/// Asks for objects as the server keeps them in etcd, which of Kubernetes' own kinds is protobuf, and weighs what comes.
///
/// Whoever reads through it sees an object without content. The version is not kept within the object, so this counts some bytes
/// too many. A server that knows no protobuf, as the one in memory, answers in JSON, which is longer.
final class StoredForm: HTTPTransport {
    private let base: any HTTPTransport
    private let weighed = Locked(0)

    init(_ base: any HTTPTransport) { self.base = base }

    /// Of all that was read.
    var bytes: Int { weighed.withLock { $0 } }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        var request = request
        request.headers.set("accept", "application/vnd.kubernetes.protobuf, application/json;q=0.5")
        var response = try await base.send(request)
        let body = try await response.body.collect()
        guard response.status == 200 else {
            response.body = HTTPBody(bytes: body)
            return response
        }
        weighed.withLock { $0 += body.count }
        return HTTPResponse(status: 200, bytes: ConfigMap(metadata: ObjectMeta(name: "weighed")).jsonBytes())
    }

    func connectWebSocket(_ request: WebSocketRequest) async throws(HTTPError) -> any WebSocketConnection {
        try await base.connectWebSocket(request)
    }
}
