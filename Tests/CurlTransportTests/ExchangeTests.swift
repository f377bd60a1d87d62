import CurlTransport
import HTTP
import HTTPTesting
import Primitives
import Testing

@Suite(.timeLimit(.minutes(1))) struct ExchangeTests {
    @Test func requestArrivesAsItWasAsked() async throws {
        let seen = Locked<String?>(nil)
        let server = try RawServer { connection in
            let head = connection.readHead()
            seen.withLock { $0 = head }
            connection.respond("ok")
        }
        let response = try await withTransport { transport in
            try await transport.send(
                HTTPRequest(
                    method: "GET", url: server.url + "/a/b?c=d%20e#fragment",
                    headers: ["Authorization": "Bearer x", "X-Empty": ""]))
        }
        let head = try #require(seen.withLock { $0 })
        #expect(
            head == "GET /a/b?c=d%20e HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\n"
                + "Authorization: Bearer x\r\nX-Empty:\r\n\r\n")
        #expect(response.status == 200)
    }

    @Test(arguments: [("POST", 0), ("PATCH", 20), ("PUT", 70_000), ("DELETE", 10), ("POST", 3_000_000)])
    func bodiesArriveWhole(method: String, size: Int) async throws {
        let sent = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let server = try RawServer { connection in
            guard let head = connection.readHead(), head.hasPrefix(method + " / HTTP/1.1\r\n") else { return }
            guard head.contains("\r\nContent-Length: \(size)\r\n"), !head.contains("Expect"),
                head.contains("\r\nContent-Type: application/json\r\n"), let body = connection.read(size)
            else { return connection.respond("bad head", status: "400 Bad Request") }
            connection.respond(body == sent ? "same" : "different")
        }
        let text = try await withTransport { transport in
            let response = try await transport.send(
                HTTPRequest(
                    method: method, url: server.url, headers: ["Content-Type": "application/json"], body: sent))
            return String(decoding: try await response.body.collect(), as: UTF8.self)
        }
        #expect(text == "same")
    }

    @Test func oneConnectionServesManyRequests() async throws {
        let server = try RawServer { connection in
            while connection.readHead() != nil { connection.respond("again") }
        }
        try await withTransport { transport in
            for _ in 0..<5 {
                let response = try await transport.send(HTTPRequest(url: server.url))
                #expect(try await response.body.collect() == Array("again".utf8))
            }
        }
        #expect(server.connectionCount == 1)
    }

    /// Only who looks a name up can say how long it took.
    @Test func nameLookupIsTimedForNewConnectionsToNames() async throws {
        let server = try RawServer { connection in
            while connection.readHead() != nil { connection.respond("x") }
        }
        let lookups = try await withTransport { transport in
            var lookups: [Duration?] = []
            for host in ["localhost", "localhost", "127.0.0.1"] {
                let response = try await transport.send(HTTPRequest(url: "http://\(host):\(server.port)/"))
                _ = try await response.body.collect()
                lookups.append(response.nameLookup)
            }
            return lookups
        }
        #expect(lookups[0].map { $0 > .zero && $0 < .seconds(10) } == true)
        #expect(lookups[1] == nil)
        #expect(lookups[2] == nil)
    }

    @Test func poolsDoNotShareConnections() async throws {
        let server = try RawServer { connection in
            while connection.readHead() != nil { connection.respond("x") }
        }
        try await withTransport { transport in
            for pool in HTTPPool.allCases {
                _ = try await transport.send(HTTPRequest(url: server.url, pool: pool)).body.collect()
            }
        }
        #expect(server.connectionCount == HTTPPool.allCases.count)
    }

    /// A key is meant for the host it was sent to, and for no other that this one may name.
    @Test(arguments: ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"])
    func redirectsAreNotFollowed(status: String) async throws {
        let other = try RawServer { connection in
            while connection.readHead() != nil { connection.respond("taken") }
        }
        let server = try RawServer { connection in
            while connection.readHead() != nil {
                connection.write("HTTP/1.1 \(status)\r\nLocation: \(other.url)/\r\nContent-Length: 0\r\n\r\n")
            }
        }
        for method in ["GET", "POST"] {
            let request = HTTPRequest(method: method, url: server.url, headers: ["Authorization": "Bearer key"])
            let (response, body) = try await withTransport { transport in
                let response = try await transport.send(request)
                // To the end of the exchange: the head of a redirect that is followed is seen as well.
                return (response, try await response.body.collect())
            }
            #expect(status.hasPrefix(String(response.status)) && body.isEmpty)
            #expect(response.headers.first("location") == "\(other.url)/")
        }
        #expect(other.connectionCount == 0)
    }

    @Test func interimResponsesAndHeadLeaveNoTrace() async throws {
        let server = try RawServer { connection in
            guard let head = connection.readHead(), head.hasPrefix("HEAD ") else { return }
            connection.write("HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n")
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        }
        let (response, body) = try await withTransport { transport in
            let response = try await transport.send(HTTPRequest(method: "HEAD", url: server.url))
            return (response, try await response.body.collect())
        }
        #expect(response.status == 200)
        #expect(response.headers.first("X-Early") == nil)
        #expect(body.isEmpty)
    }

    @Test(arguments: [
        HTTPRequest(url: "ftp://127.0.0.1/"), HTTPRequest(url: "/relative"), HTTPRequest(url: "http://"),
        HTTPRequest(url: "http://user:secret@127.0.0.1/"), HTTPRequest(url: "http://127.0.0.1:99999/"),
        HTTPRequest(url: "http://127.0.0.1/a b"), HTTPRequest(method: "GET /\r\nX:", url: "http://127.0.0.1/"),
        HTTPRequest(url: "http://127.0.0.1/", headers: ["X": "a\r\nY: b"]),
        HTTPRequest(url: "http://127.0.0.1/", headers: ["X Y": "a"]),
    ])
    func whatCannotBeSentIsRefusedBeforeTheWire(request: HTTPRequest) async throws {
        let error = await #expect(throws: HTTPError.self) { try await withTransport { _ = try await $0.send(request) } }
        guard case .invalidRequest = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.isRetryable == false)
    }
}
