package import HTTP
internal import Primitives

/// A transport without a network: a test says what is expected and what comes back.
///
/// Each expectation answers one request. A request takes the oldest expectation that fits it, so requests that run
/// concurrently need no order. One that fits none gets the fallback's answer, or fails and is kept in `unexpected`.
package final class ScriptedTransport: HTTPTransport {
    package typealias Answer = @Sendable (HTTPRequest) async throws(HTTPError) -> HTTPResponse
    package typealias WebSocketAnswer = @Sendable (WebSocketRequest) async throws(HTTPError) -> ScriptedWebSocket

    private struct Expectation: Sendable {
        var method: String
        var target: String
        var answer: Answer
    }

    private struct Waiter {
        var count: Int
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var expectations: [Expectation] = []
        var fallback: Answer?
        var webSocketAnswer: WebSocketAnswer?
        var requests: [HTTPRequest] = []
        var webSocketRequests: [WebSocketRequest] = []
        var unexpected: [String] = []
        var waiters: [Waiter] = []
    }

    private let state = Locked(State())

    package init() {}

    /// Every request that was sent, in order.
    package var requests: [HTTPRequest] { state.withLock { $0.requests } }
    package var webSocketRequests: [WebSocketRequest] { state.withLock { $0.webSocketRequests } }
    /// "METHOD url" of requests that nothing was said about.
    package var unexpected: [String] { state.withLock { $0.unexpected } }
    /// "METHOD target" of expectations that no request has met.
    package var unmet: [String] { state.withLock { $0.expectations.map { "\($0.method) \($0.target)" } } }

    /// Answers one request of this method whose address, without scheme and host, is `target`; a target that ends in
    /// `*` takes every address that begins so.
    package func expect(_ method: String, _ target: String, answer: @escaping Answer) {
        state.withLock { $0.expectations.append(Expectation(method: method, target: target, answer: answer)) }
    }

    package func expect(
        _ method: String, _ target: String, status: Int = 200, headers: HTTPHeaders = [:], body: String
    ) {
        expect(method, target) { _ throws(HTTPError) in
            HTTPResponse(status: status, headers: headers, bytes: Array(body.utf8))
        }
    }

    package func expect(_ method: String, _ target: String, error: HTTPError) {
        expect(method, target) { _ throws(HTTPError) in throw error }
    }

    /// Answers with a body that the test feeds piece by piece.
    package func expect(
        _ method: String, _ target: String, status: Int = 200, headers: HTTPHeaders = [:], stream: ScriptedBody
    ) {
        expect(method, target) { _ throws(HTTPError) in
            HTTPResponse(status: status, headers: headers, body: stream.body)
        }
    }

    /// Answers whatever no expectation fits: for tests with a server of their own.
    package func otherwise(_ answer: @escaping Answer) {
        state.withLock { $0.fallback = answer }
    }

    package func onWebSocket(_ answer: @escaping WebSocketAnswer) {
        state.withLock { $0.webSocketAnswer = answer }
    }

    /// Returns when so many requests have been sent in all.
    package func waitForRequests(_ count: Int) async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let isThere = state.withLock { state in
                guard state.requests.count < count else { return true }
                state.waiters.append(Waiter(count: count, continuation: continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let target = Self.target(of: request.url)
        let (answer, waiters) = state.withLock { state -> (Answer?, [CheckedContinuation<Void, Never>]) in
            state.requests.append(request)
            let count = state.requests.count
            let waiters = state.waiters.filter { $0.count <= count }.map(\.continuation)
            state.waiters.removeAll { $0.count <= count }
            let match = state.expectations.firstIndex {
                $0.method == request.method && Self.fits($0.target, target)
            }
            if let match { return (state.expectations.remove(at: match).answer, waiters) }
            if state.fallback == nil { state.unexpected.append("\(request.method) \(request.url)") }
            return (state.fallback, waiters)
        }
        for waiter in waiters { waiter.resume() }
        guard let answer else { throw .connect("nothing is expected for \(request.method) \(target)") }
        return try await answer(request)
    }

    package func connectWebSocket(_ request: WebSocketRequest) async throws(HTTPError) -> any WebSocketConnection {
        let answer = state.withLock { state in
            state.webSocketRequests.append(request)
            return state.webSocketAnswer
        }
        guard let answer else { throw .connect("no WebSocket is expected for \(request.url)") }
        return try await answer(request)
    }

    /// What follows scheme and host.
    private static func target(of url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else { return url }
        return url[scheme.upperBound...].firstIndex(of: "/").map { String(url[$0...]) } ?? "/"
    }

    private static func fits(_ pattern: String, _ target: String) -> Bool {
        pattern.hasSuffix("*") ? target.hasPrefix(pattern.dropLast()) : target == pattern
    }
}
