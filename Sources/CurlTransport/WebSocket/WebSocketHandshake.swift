internal import HTTP
internal import Primitives

/// The client's opening handshake, RFC 6455 section 4; pure.
///
/// Invariant: collects at most a head of `headLimit` bytes, and of a refusal's body at most `bodyLimit`.
struct WebSocketHandshake: Sendable {
    enum Outcome: Sendable, Hashable {
        case incomplete
        /// Bytes that came after the head belong to the first frames.
        case opened(subprotocol: String?, rest: [UInt8])
    }

    private static let headLimit = 64 << 10
    private static let bodyLimit = 64 << 10
    private static let headEnd = Array("\r\n\r\n".utf8)
    private static let acceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

    let requestBytes: [UInt8]
    private let expectedAccept: String
    private let offered: [String]
    private var received: [UInt8] = []
    private var hasEnded = false

    /// The nonce is 16 random bytes, new for each handshake.
    init(_ request: WebSocketRequest, target: RequestTarget, nonce: [UInt8]) {
        let key = Base64.encode(nonce)
        var headers = request.headers
        if headers.first("Host") == nil { headers.set("Host", target.authority) }
        headers.set("Upgrade", "websocket")
        headers.set("Connection", "Upgrade")
        headers.set("Sec-WebSocket-Version", "13")
        headers.set("Sec-WebSocket-Key", key)
        if !request.subprotocols.isEmpty {
            headers.set("Sec-WebSocket-Protocol", request.subprotocols.joined(separator: ", "))
        }
        let lines = ["GET \(target.path) HTTP/1.1"] + headers.map { "\($0.name): \($0.value)" }
        requestBytes = Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
        expectedAccept = Base64.encode(SHA1.digest(of: Array((key + Self.acceptSuffix).utf8)))
        offered = request.subprotocols
    }

    mutating func receive(_ bytes: [UInt8]) throws(HTTPError) -> Outcome {
        received += bytes
        return try evaluate()
    }

    /// The connection has ended: a refusal whose body has no stated length is complete now.
    mutating func end() -> HTTPError {
        hasEnded = true
        do throws(HTTPError) {
            _ = try evaluate()
        } catch {
            return error
        }
        return .reset(bytesSeen: !received.isEmpty, "the connection ended within the WebSocket handshake")
    }

    private func evaluate() throws(HTTPError) -> Outcome {
        guard let end = received.firstRange(of: Self.headEnd) else {
            guard received.count <= Self.headLimit else {
                throw .protocolViolation("the answer to the WebSocket handshake has no end")
            }
            return .incomplete
        }
        let rest = Array(received[end.upperBound...])
        let head = try parse(received[..<end.upperBound])
        guard head.status == 101 else {
            let length = head.headers.first("Content-Length").flatMap(Int.init)
            // A length below zero is nonsense that must not become a count of bytes.
            let wanted = min(max(0, length ?? Self.bodyLimit), Self.bodyLimit)
            // Without a length the body ends with the connection.
            guard rest.count >= wanted || hasEnded else { return .incomplete }
            throw .webSocketRefused(status: head.status, body: Array(rest.prefix(wanted)))
        }
        try verify(head.headers)
        return .opened(subprotocol: head.headers.first("Sec-WebSocket-Protocol"), rest: rest)
    }

    private func parse(_ bytes: ArraySlice<UInt8>) throws(HTTPError) -> ResponseHead {
        var head = ResponseHead()
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) where !head.isComplete
        {
            guard line.withUnsafeBytes({ head.add($0) }) else {
                throw .protocolViolation("the answer to the WebSocket handshake is not HTTP")
            }
        }
        return head
    }

    private func verify(_ headers: HTTPHeaders) throws(HTTPError) {
        guard headers.first("Upgrade")?.lowercased() == "websocket",
            headers.all("Connection").contains(where: { $0.lowercased().contains("upgrade") })
        else { throw .protocolViolation("the server did not switch to WebSocket") }
        guard headers.first("Sec-WebSocket-Accept") == expectedAccept else {
            throw .protocolViolation("the server's WebSocket proof is wrong")
        }
        guard headers.first("Sec-WebSocket-Extensions") == nil else {
            throw .protocolViolation("the server switched on a WebSocket extension nobody asked for")
        }
        let chosen = headers.first("Sec-WebSocket-Protocol")
        guard chosen.map(offered.contains) ?? offered.isEmpty else {
            throw .protocolViolation("the server chose no WebSocket subprotocol of \(offered.joined(separator: ", "))")
        }
    }
}
