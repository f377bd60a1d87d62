import HTTP
import Primitives

/// A transport that notes how long each exchange took and how many bytes a write left in the server.
///
/// What a server stores of a write is the whole object, which is what it answers with.
final class TimedTransport: HTTPTransport {
    struct Exchange: Sendable {
        var began: Duration
        var ended: Duration
        /// Of the object of a conversation that was written, as the server tells it; 0 for anything else.
        var written: Int
        /// Whether that was an index, which is kept as it is told.
        var isIndex: Bool
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
        let isIndex = request.url.contains("/llmconversations")
        let isOfConversation = isIndex || request.url.contains("/configmaps")
        let exchange = Exchange(
            began: began, ended: time.monotonicNow(), written: isWrite && isOfConversation ? bytes.count : 0,
            isIndex: isIndex)
        noted.withLock { $0.append(exchange) }
        response.body = HTTPBody(bytes: bytes)
        return response
    }

    func connectWebSocket(_ request: WebSocketRequest) async throws(HTTPError) -> any WebSocketConnection {
        try await base.connectWebSocket(request)
    }
}
