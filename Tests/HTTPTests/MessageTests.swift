import HTTP
import HTTPTesting
import Testing

@Suite(.timeLimit(.minutes(1))) struct MessageTests {
    @Test func headerNamesIgnoreCase() {
        var headers: HTTPHeaders = ["Content-Type": "a", "X": "1"]
        headers.add("x", "2")
        #expect(headers.first("CONTENT-TYPE") == "a")
        #expect(headers.all("X") == ["1", "2"])
        headers.set("X", "3")
        #expect(headers.all("x") == ["3"])
        headers.remove("content-type")
        #expect(headers == ["x": "3"])
        #expect(headers.hashValue == (["X": "3"] as HTTPHeaders).hashValue)
    }

    @Test func descriptionsHoldNoSecrets() {
        let headers: HTTPHeaders = ["Authorization": "Bearer hidden"]
        let tls = TLSConfiguration(clientKeyPEM: Array("hidden".utf8))
        #expect(!"\(headers)".contains("hidden"))
        #expect(!String(reflecting: tls).contains("hidden"))
        #expect("\(tls)".contains("client key"))
    }

    @Test(
        arguments: [
            (.resolve(""), true, true, .notSent), (.connect(""), true, false, .notSent),
            (.tls(""), false, true, .notSent), (.timedOut(.connecting), true, false, .notSent),
            (.timedOut(.firstByte), true, false, .unknown), (.timedOut(.idle), true, false, .unknown),
            (.timedOut(.total), true, false, .unknown), (.notSent(""), true, false, .notSent),
            (.reset(bytesSeen: false, ""), true, false, .unknown),
            (.reset(bytesSeen: true, ""), true, false, .answered),
            (.invalidRequest(""), false, true, .notSent), (.refusedAddress(""), false, true, .notSent),
            (.cancelled, false, false, .unknown), (.tooLarge(limit: 1), false, false, .answered),
            (.protocolViolation(""), false, false, .answered),
        ] as [(HTTPError, Bool, Bool, RequestFate)])
    func errorsSayWhatMayBeDone(error: HTTPError, isRetryable: Bool, isUserError: Bool, fate: RequestFate) {
        #expect(error.isRetryable == isRetryable)
        #expect(error.isUserError == isUserError)
        #expect(error.fate == fate)
        #expect(error.mayHaveReachedServer == (fate != .notSent))
    }

    @Test func scriptedTransportMatchesAndReports() async throws {
        let transport = ScriptedTransport()
        transport.expect("GET", "/b", body: "second")
        transport.expect("GET", "/a*", status: 201, body: "first")
        transport.expect("PUT", "/never", body: "")
        let response = try await transport.send(HTTPRequest(url: "https://host:1/a?x=1"))
        #expect(response.status == 201)
        #expect(try await transport.send(HTTPRequest(url: "https://host:1/b")).body.collect() == Array("second".utf8))
        await #expect(throws: HTTPError.self) { _ = try await transport.send(HTTPRequest(url: "http://host/b")) }
        #expect(transport.unexpected == ["GET http://host/b"])
        #expect(transport.unmet == ["PUT /never"])
        #expect(transport.requests.count == 3)
        await transport.waitForRequests(3)
    }

    @Test func scriptedWebSocketTalks() async throws {
        let transport = ScriptedTransport()
        transport.onWebSocket { _ throws(HTTPError) in
            ScriptedWebSocket(subprotocol: "v5") { socket, message in
                socket.deliver(.binary(message.reversed()))
                socket.finish()
            }
        }
        let socket = try await transport.connectWebSocket(WebSocketRequest(url: "ws://x"))
        try await socket.send([1, 2])
        #expect(try await socket.receive() == .binary([2, 1]))
        #expect(try await socket.receive() == nil)
        await socket.close()
        await #expect(throws: HTTPError.self) { try await socket.send([3]) }
    }
}
