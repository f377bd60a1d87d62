package import HTTP

/// A transport whose every write carries a permit: nothing above it can forget to.
///
/// Reads pass freely, so that a standby keeps its caches full. A WebSocket is a command in a pod, and a model call costs
/// money: both count as writes.
package struct PermittedTransport: HTTPTransport {
    private let base: any HTTPTransport
    private let permit: any SendPermit

    package init(_ base: any HTTPTransport, permit: any SendPermit) {
        self.base = base
        self.permit = permit
    }

    package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        if Self.isRead(request) { return try await base.send(request) }
        guard permit.isValid else { throw .notPermitted }
        var permitted = request
        permitted.permit = permit
        return try await base.send(permitted)
    }

    package func connectWebSocket(_ request: WebSocketRequest) async throws(HTTPError) -> any WebSocketConnection {
        guard permit.isValid else { throw .notPermitted }
        var permitted = request
        permitted.permit = permit
        return try await base.connectWebSocket(permitted)
    }

    private static func isRead(_ request: HTTPRequest) -> Bool {
        ["GET", "HEAD", "OPTIONS"].contains(request.method) && request.pool != .model
    }
}
