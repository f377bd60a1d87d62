import CurlTransport
import HTTP
import HTTPTesting
import Lifecycle
import Primitives
import Testing

/// A right to send that a test takes away; counts how often it was looked at.
private final class TestPermit: SendPermit {
    private struct State {
        var left: Duration
        var looks = 0
        /// After so many looks it is gone.
        var revokedAfter = Int.max
    }

    private let state: Locked<State>

    init(left: Duration = .seconds(60), revokedAfterLooks: Int = .max) {
        state = Locked(State(left: left, revokedAfter: revokedAfterLooks))
    }

    func remaining() -> Duration {
        state.withLock { state in
            state.looks += 1
            return state.looks > state.revokedAfter ? .zero : state.left
        }
    }

    func revoke() { state.withLock { $0.left = .zero } }
    var looks: Int { state.withLock { $0.looks } }
}

/// What leaves under a right that may run out, decided where the bytes leave.
@Suite(.timeLimit(.minutes(1))) struct PermitTests {
    private func post(_ server: RawServer, _ permit: any SendPermit) -> HTTPRequest {
        var request = HTTPRequest(method: "POST", url: server.url, body: Array("a write".utf8))
        request.permit = permit
        return request
    }

    private func failure(_ transport: CurlTransport, _ request: HTTPRequest) async -> HTTPError? {
        do throws(HTTPError) {
            _ = try await transport.send(request)
            return nil
        } catch {
            return error
        }
    }

    @Test func nothingIsSentWithoutTheRight() async throws {
        let server = try RawServer { connection in
            while connection.readHead() != nil { connection.respond("ok") }
        }
        try await withTransport { transport in
            #expect(await failure(transport, post(server, TestPermit(left: .zero))) == .notPermitted)
            #expect(server.connectionCount == 0)
            let permit = TestPermit()
            let response = try await transport.send(post(server, permit))
            #expect(response.status == 200)
            #expect(permit.looks >= 2)
        }
    }

    /// The right was there when the request was made and when the connection began, and went before the first byte.
    @Test func theConnectionTookLongerThanTheRight() async throws {
        let sawBytes = Locked(false)
        let ended = Gate()
        let server = try RawServer { connection in
            if connection.readHead() != nil { sawBytes.withLock { $0 = true } }
            ended.open()
        }
        try await withTransport { transport in
            #expect(await failure(transport, post(server, TestPermit(revokedAfterLooks: 1))) == .notPermitted)
        }
        await ended.wait()
        #expect(!sawBytes.withLock { $0 })
    }

    @Test func aWebSocketIsNotOpenedWithoutTheRight() async throws {
        let sawBytes = Locked(false)
        let ended = Gate()
        let server = try RawServer { connection in
            if connection.readHead() != nil { sawBytes.withLock { $0 = true } }
            ended.open()
        }
        try await withTransport { transport in
            var request = WebSocketRequest(url: "ws://127.0.0.1:\(server.port)/exec")
            request.permit = TestPermit(revokedAfterLooks: 1)
            await #expect(throws: HTTPError.notPermitted) { _ = try await transport.connectWebSocket(request) }
        }
        await ended.wait()
        #expect(!sawBytes.withLock { $0 })
    }

    /// What is sent over an open WebSocket is a write like any other.
    @Test func nothingIsSaidOverAWebSocketWithoutTheRight() async throws {
        let heard = Locked(0)
        let ended = Gate()
        let server = try RawServer { connection in
            defer { ended.open() }
            guard let peer = WebSocketPeer(connection) else { return }
            while let (opcode, payload) = peer.read(), opcode != 8 { heard.withLock { $0 += payload.count } }
        }
        let permit = TestPermit()
        try await withTransport { transport in
            var request = WebSocketRequest(url: "ws://127.0.0.1:\(server.port)/exec")
            request.permit = permit
            let socket = try await transport.connectWebSocket(request)
            try await socket.send([1, 2, 3])
            permit.revoke()
            await #expect(throws: HTTPError.notPermitted) { try await socket.send([4, 5, 6]) }
        }
        await ended.wait()
        #expect(heard.withLock { $0 } == 3)
    }

    /// A request under way is taken off the wire when the right runs out, whether that was foreseen or not.
    @Test(arguments: [true, false]) func aRequestUnderWayIsAborted(isForeseen: Bool) async throws {
        let arrived = Gate()
        let left = Gate()
        let server = try RawServer { connection in
            _ = connection.readHead()
            arrived.open()
            connection.waitForEnd()
            left.open()
        }
        let end = SystemTimeSource().monotonicNow() + .seconds(2)
        let permit: any SendPermit = isForeseen ? Until(end: end) : TestPermit()
        try await withTransport { transport in
            async let answer = failure(transport, post(server, permit))
            await arrived.wait()
            (permit as? TestPermit)?.revoke()
            #expect(await answer == .notPermitted)
            await left.wait()
        }
    }

    private struct Until: SendPermit {
        let end: Duration
        func remaining() -> Duration { end - SystemTimeSource().monotonicNow() }
    }
}
