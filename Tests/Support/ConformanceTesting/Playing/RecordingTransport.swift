import HTTP
import Primitives

/// Notes every exchange on its way through.
final class RecordingTransport: HTTPTransport {
    private let base: any HTTPTransport
    private let exchanges = Locked<[Exchange]>([])

    init(_ base: any HTTPTransport) { self.base = base }

    /// What was noted since the last time.
    func take() -> [Exchange] {
        exchanges.withLock { exchanges in
            defer { exchanges = [] }
            return exchanges
        }
    }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        var response = try await base.send(request)
        let parts = request.url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        var exchange = Exchange(method: request.method, target: "/" + (parts.last ?? ""))
        exchange.status = response.status
        exchange.warning = response.headers.first("Warning")
        exchange.retryAfter = response.headers.first("Retry-After")
        if exchange.target.contains("watch=1"), response.status == 200 {
            exchange.isWatch = true
            let index = note(exchange)
            response.body = HTTPBody(
                NotedBody(response.body) { [exchanges] piece in
                    exchanges.withLock { if $0.indices.contains(index) { $0[index].bytes += piece } }
                })
            return response
        }
        exchange.bytes = try await response.body.collect()
        _ = note(exchange)
        response.body = HTTPBody(bytes: exchange.bytes)
        return response
    }

    private func note(_ exchange: Exchange) -> Int {
        exchanges.withLock {
            $0.append(exchange)
            return $0.count - 1
        }
    }

    func connectWebSocket(_ request: WebSocketRequest) async throws(HTTPError) -> any WebSocketConnection {
        try await base.connectWebSocket(request)
    }
}

/// Shows the pieces of a body to somebody else as well.
private final class NotedBody: HTTPBodySource {
    private let body: Locked<HTTPBody?>
    private let note: @Sendable ([UInt8]) -> Void

    init(_ body: HTTPBody, _ note: @escaping @Sendable ([UInt8]) -> Void) {
        self.body = Locked(body)
        self.note = note
    }

    func next() async throws(HTTPError) -> [UInt8]? {
        guard let body = body.withLock({ $0 }) else { return nil }
        var pieces = body.makeAsyncIterator()
        guard let piece = try await pieces.next() else { return nil }
        note(piece)
        return piece
    }

    func abandon() { body.withLock { $0 = nil } }
}
