/// The lowest edge: whatever can carry an exchange.
package protocol HTTPTransport: Sendable {
    /// Returns when the head of the response is there. Cancelling the calling task, or dropping the response
    /// before its body was read to the end, removes the exchange from the wire.
    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse

    func connectWebSocket(_ request: WebSocketRequest) async throws(HTTPError) -> any WebSocketConnection
}
