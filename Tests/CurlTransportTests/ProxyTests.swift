import CurlTransport
import HTTP
import HTTPTesting
import Primitives
import Testing

/// A proxy of one request's own, as a kubeconfig names it.
@Suite(.timeLimit(.minutes(1))) struct ProxyTests {
    /// Nothing answers at the address asked for; only the proxy is there.
    @Test func aRequestGoesByItsOwnProxy() async throws {
        let heads = Locked<[String]>([])
        let proxy = try RawServer { connection in
            guard let head = connection.readHead() else { return }
            heads.withLock { $0.append(head) }
            connection.respond("by proxy")
        }
        let text = try await withTransport { transport in
            let response = try await transport.send(
                HTTPRequest(url: "http://server.invalid:81/a", proxy: "http://u:p@127.0.0.1:\(proxy.port)"))
            return String(decoding: try await response.body.collect(), as: UTF8.self)
        }
        #expect(text == "by proxy")
        let head = try #require(heads.withLock { $0.first })
        #expect(head.hasPrefix("GET http://server.invalid:81/a HTTP/1.1\r\n"))
        #expect(head.contains("\r\nProxy-Authorization: Basic dTpw\r\n"))
    }

    @Test func aWebSocketAsksTheProxyToConnect() async throws {
        let heads = Locked<[String]>([])
        let proxy = try RawServer { connection in
            guard let head = connection.readHead() else { return }
            heads.withLock { $0.append(head) }
            connection.respond("no", status: "403 Forbidden")
        }
        await #expect(throws: HTTPError.self) {
            try await withTransport { transport in
                _ = try await transport.connectWebSocket(
                    WebSocketRequest(url: "ws://server.invalid:81/a", proxy: "http://127.0.0.1:\(proxy.port)"))
            }
        }
        #expect(heads.withLock { $0.first }?.hasPrefix("CONNECT server.invalid:81 HTTP/1.1\r\n") == true)
    }
}
