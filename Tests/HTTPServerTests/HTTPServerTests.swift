import CurlTransport
import HTTP
import HTTPServer
import Lifecycle
import Primitives
import Telemetry
import Testing

@Suite(.timeLimit(.minutes(1))) struct HTTPServerTests {
    private func serve<Value: Sendable>(
        bodyLimit: Int = HTTPServer.defaultBodyLimit, _ handler: @escaping HTTPHandler,
        _ body: @escaping @Sendable (CurlTransport, String) async throws -> Value
    ) async throws -> Value {
        let server = try HTTPServer(address: "127.0.0.1", port: 0, bodyLimit: bodyLimit, handler: handler)
        var configuration = CurlConfiguration()
        configuration.proxies = .none
        let transport = CurlTransport(configuration: configuration)
        return try await ServiceGroup([server, transport], logger: .disabled).run {
            try await body(transport, "http://127.0.0.1:\(server.port)")
        }
    }

    @Test func requestArrivesWholeAndResponseGoesOut() async throws {
        let sent = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 13) }
        let handler: HTTPHandler = { request in
            #expect(request.method == "POST")
            #expect(request.path == "/a b")
            #expect(request.query("x") == "1&2")
            #expect(request.query("flag") == "")
            #expect(request.headers.first("x-thing") == "yes")
            return ServerResponse(status: 201, headers: ["X-Answer": "42"], body: request.body.reversed())
        }
        let (response, body) = try await serve(handler) { transport, url in
            let response = try await transport.send(
                HTTPRequest(
                    method: "POST", url: url + "/a%20b?x=1%262&flag", headers: ["X-Thing": "yes"], body: sent))
            return (response, try await response.body.collect())
        }
        #expect(response.status == 201)
        #expect(response.headers.first("X-Answer") == "42")
        #expect(body == sent.reversed())
    }

    /// Handlers suspend without holding a thread: far more wait at once than there are cores.
    @Test func manyRequestsWaitAtOnce() async throws {
        let count = 50
        let waiting = Locked<[CheckedContinuation<Void, Never>]>([])
        let handler: HTTPHandler = { request in
            await withCheckedContinuation { continuation in
                let all = waiting.withLock { waiting in
                    waiting.append(continuation)
                    return waiting.count == count ? waiting : []
                }
                for continuation in all { continuation.resume() }
            }
            return ServerResponse(text: request.path)
        }
        try await serve(handler) { transport, url in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<count {
                    group.addTask {
                        let request = HTTPRequest(url: "\(url)/\(number)", pool: .model)
                        let body = try await transport.send(request).body.collect()
                        #expect(body == Array("/\(number)".utf8))
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func largeBodyIsRefused() async throws {
        let wasCalled = Locked(false)
        let handler: HTTPHandler = { _ in
            wasCalled.withLock { $0 = true }
            return ServerResponse()
        }
        let status = try await serve(bodyLimit: 1_000, handler) { transport, url in
            try await transport.send(HTTPRequest(method: "POST", url: url, body: Array(repeating: 1, count: 1_001)))
                .status
        }
        #expect(status == 413)
        #expect(!wasCalled.withLock { $0 })
    }

    @Test func stoppingAnswersWhoStillWaits() async throws {
        let started = AsyncStream<Void>.makeStream()
        let server = try HTTPServer(address: "127.0.0.1", port: 0) { _ in
            started.continuation.yield()
            for await _ in AsyncStream<Never>.makeStream().stream {}
            return ServerResponse(text: "late")
        }
        let transport = CurlTransport()
        try await ServiceGroup([transport], logger: .disabled).run {
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    // Either answer is right; what must not happen is that the request hangs or the server stays.
                    _ = try? await transport.send(HTTPRequest(url: "http://127.0.0.1:\(server.port)/"))
                }
                await #expect(throws: Never.self) {
                    try await ServiceGroup([server], logger: .disabled).run { for await _ in started.stream { break } }
                }
            }
        }
        await #expect(throws: HTTPServerError.start) { try await server.run() }
    }

    @Test func takenPortAndBadAddressAreToldAtOnce() throws {
        let first = try HTTPServer(address: "127.0.0.1", port: 0) { _ in ServerResponse() }
        let error = #expect(throws: HTTPServerError.self) {
            _ = try HTTPServer(address: "127.0.0.1", port: first.port) { _ in ServerResponse() }
        }
        #expect(error?.isUserError == true)
        #expect(throws: HTTPServerError.address("localhost")) {
            _ = try HTTPServer(address: "localhost", port: 0) { _ in ServerResponse() }
        }
    }

    @Test(arguments: ["0.0.0.0", "::", "::1"])
    func otherAddresses(address: String) throws {
        let server = try HTTPServer(address: address, port: 0) { _ in ServerResponse() }
        #expect(server.port != 0)
    }
}
