internal import HTTP

/// An open WebSocket over the loop; letting go of the last reference takes it off the wire.
final class CurlWebSocketConnection: WebSocketConnection {
    let subprotocol: String?
    private let session: WebSocketSession
    private let mailbox: Mailbox

    init(_ session: WebSocketSession, subprotocol: String?, mailbox: Mailbox) {
        self.session = session
        self.subprotocol = subprotocol
        self.mailbox = mailbox
    }

    deinit {
        mailbox.post(.release(session.id))
    }

    func send(_ message: [UInt8]) async throws(HTTPError) {
        try await session.send(message)
    }

    func receive() async throws(HTTPError) -> WebSocketMessage? {
        try await session.receive()
    }

    func close() async {
        session.requestClose()
    }
}
