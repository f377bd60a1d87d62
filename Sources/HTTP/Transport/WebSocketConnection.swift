/// What to open a WebSocket with; `https`, `wss`, `http` and `ws` addresses are taken.
package struct WebSocketRequest: Sendable {
    package var url: String
    package var headers: HTTPHeaders
    /// In order of preference; empty for none.
    ///
    /// A server that picks none of them is refused.
    package var subprotocols: [String]
    package var tls: TLSConfiguration?
    /// The URL of a proxy for this connection alone; `nil` for the transport's own.
    package var proxy: String?
    /// Bound on connecting and on the handshake.
    package var connectTimeout: Duration
    /// Most bytes in one received message, all fragments together.
    package var messageLimit: Int
    /// A ping goes out when the server has been silent for so long; `nil` for none.
    package var pingInterval: Duration?
    /// Longest silence of a server that is pinged; then the socket fails with `timedOut(.idle)`.
    package var silenceLimit: Duration
    /// The right to open it; nil where none is needed.
    package var permit: (any SendPermit)?

    package init(
        url: String, headers: HTTPHeaders = [:], subprotocols: [String] = [], tls: TLSConfiguration? = nil,
        proxy: String? = nil, connectTimeout: Duration = .seconds(10), messageLimit: Int = 4 << 20,
        pingInterval: Duration? = .seconds(20), silenceLimit: Duration = .seconds(60)
    ) {
        self.url = url
        self.headers = headers
        self.subprotocols = subprotocols
        self.tls = tls
        self.proxy = proxy
        self.connectTimeout = connectTimeout
        self.messageLimit = messageLimit
        self.pingInterval = pingInterval
        self.silenceLimit = silenceLimit
    }
}

package enum WebSocketMessage: Sendable, Hashable {
    case binary([UInt8])
    case text(String)
}

/// An open WebSocket.
///
/// Any task may send; one task at a time receives.
package protocol WebSocketConnection: Sendable {
    var subprotocol: String? { get }

    /// Sends one binary message; returns when it is handed to the operating system.
    func send(_ message: [UInt8]) async throws(HTTPError)

    /// The next message, or `nil` once the server has closed the connection in order.
    func receive() async throws(HTTPError) -> WebSocketMessage?

    /// Says goodbye (status 1000) and lets go of the connection once the server has answered it, or after a second.
    ///
    /// Returns at once, and what the server still sends is dropped; safe to call more than once.
    func close() async
}
