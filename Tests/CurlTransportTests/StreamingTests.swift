import CurlTransport
import HTTP
import HTTPTesting
import Testing

@Suite(.timeLimit(.minutes(1))) struct StreamingTests {
    @Test func headThenEachChunkAsItIsSent() async throws {
        let next = Gate()
        let server = try RawServer { connection in
            guard let head = connection.readHead(), head.hasPrefix("GET /stream?x=1 HTTP/1.1\r\n") else { return }
            connection.write("HTTP/1.1 200 OK\r\nX-Test: a b \r\nTransfer-Encoding: chunked\r\n\r\n")
            for piece in ["one", "two", "three"] {
                next.waitBlocking()
                connection.writeChunk(piece)
            }
            connection.write("0\r\n\r\n")
        }
        let pieces = try await withTransport { transport in
            let response = try await transport.send(HTTPRequest(url: server.url + "/stream?x=1", pool: .watch))
            #expect(response.status == 200)
            #expect(response.headers.first("x-test") == "a b")
            next.open()
            var pieces: [String] = []
            for try await piece in response.body {
                pieces.append(String(decoding: piece, as: UTF8.self))
                next.open()
            }
            return pieces
        }
        #expect(pieces == ["one", "two", "three"])
    }
}
