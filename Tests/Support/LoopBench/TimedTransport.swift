import HTTP
import Primitives

/// A transport that notes how long each exchange took and how many bytes a write left in the server.
///
/// What a server stores of a write is the whole object, which is what it answers with.
final class TimedTransport: HTTPTransport {
    struct Exchange: Sendable {
        var began: Duration
        var ended: Duration
        /// Of the object that was written; 0 for a read or a deletion.
        var written: Int
    }

    private let base: any HTTPTransport
    private let time: any TimeSource
    private let noted = Locked<[Exchange]>([])

    init(_ base: any HTTPTransport, time: any TimeSource) {
        self.base = base
        self.time = time
    }

    var exchanges: [Exchange] { noted.withLock { $0 } }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let began = time.monotonicNow()
        var response = try await base.send(request)
        let bytes = try await response.body.collect()
        let isWrite = ["POST", "PUT", "PATCH"].contains(request.method) && (200..<300).contains(response.status)
        let exchange = Exchange(
            began: began, ended: time.monotonicNow(), written: isWrite ? bytes.count : 0)
        noted.withLock { $0.append(exchange) }
        response.body = HTTPBody(bytes: bytes)
        return response
    }

    func connectWebSocket(_ request: WebSocketRequest) async throws(HTTPError) -> any WebSocketConnection {
        try await base.connectWebSocket(request)
    }
}
