import CurlTransport
import HTTP
import HTTPTesting
import Lifecycle
import Primitives
import Telemetry
import Testing

@Suite(.timeLimit(.minutes(1))) struct FailureTests {
    private func error(_ request: HTTPRequest) async throws -> HTTPError? {
        await #expect(throws: HTTPError.self) {
            try await withTransport { _ = try await $0.send(request).body.collect() }
        }
    }

    @Test func nobodyListens() async throws {
        // Bound and closed again, so that nothing listens on the port.
        let port = try RawServer { _ in }.port
        let error = try await error(HTTPRequest(url: "http://127.0.0.1:\(port)/"))
        guard case .connect = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.isRetryable == true)
        #expect(error?.mayHaveReachedServer == false)
    }

    @Test func resetBeforeTheResponse() async throws {
        let server = try RawServer { connection in
            _ = connection.readHead()
            connection.reset()
        }
        let error = try await error(HTTPRequest(url: server.url))
        guard case .reset(bytesSeen: false, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.isRetryable == true)
        #expect(error?.mayHaveReachedServer == true)
    }

    @Test(arguments: [true, false])
    func resetWithinTheBodyKeepsWhatHadCome(isAbrupt: Bool) async throws {
        let read = Gate()
        let server = try RawServer { connection in
            guard connection.readHead() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfirst")
            read.waitBlocking()
            if isAbrupt { connection.reset() }
        }
        try await withTransport { transport in
            var body = try await transport.send(HTTPRequest(url: server.url)).body.makeAsyncIterator()
            #expect(try await body.next() == Array("first".utf8))
            read.open()
            let error = await #expect(throws: HTTPError.self) { try await body.next() }
            guard case .reset(bytesSeen: true, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test func silenceIsATypedTimeout() async throws {
        let server = try RawServer { connection in
            guard connection.readHead() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfirst")
            connection.waitForEnd()
        }
        let request = HTTPRequest(url: server.url, pool: .watch, idleTimeout: .seconds(1))
        #expect(try await error(request) == .timedOut(.idle))
    }

    @Test func silenceBeforeTheHeadCountsAsWell() async throws {
        let server = try RawServer { $0.waitForEnd() }
        #expect(try await error(HTTPRequest(url: server.url, idleTimeout: .seconds(1))) == .timedOut(.idle))
    }

    @Test func wholeExchangeIsBounded() async throws {
        let server = try RawServer { connection in
            guard connection.readHead() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            // Never silent for long: only the total limit can end it.
            while connection.write("1\r\nx\r\n") {}
        }
        let request = HTTPRequest(
            url: server.url, idleTimeout: .seconds(30), totalTimeout: .seconds(1), responseLimit: .max)
        #expect(try await error(request) == .timedOut(.total))
    }

    @Test(arguments: [HTTPPool.request, .watch])
    func responseBeyondItsLimitFails(pool: HTTPPool) async throws {
        let server = try RawServer { connection in
            guard connection.readHead() != nil else { return }
            connection.respond(String(repeating: "x", count: 10_001))
        }
        #expect(
            try await error(HTTPRequest(url: server.url, pool: pool, responseLimit: 10_000)) == .tooLarge(limit: 10_000)
        )
    }

    @Test func malformedHeadIsAViolation() async throws {
        let server = try RawServer { connection in
            guard connection.readHead() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\nno colon here\r\n\r\n")
        }
        let error = try await error(HTTPRequest(url: server.url))
        guard case .protocolViolation = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func cancelledTaskLeavesTheWireBeforeTheHead() async throws {
        let arrived = Gate()
        let gone = Gate()
        let server = try RawServer { connection in
            guard connection.readHead() != nil else { return }
            arrived.open()
            connection.waitForEnd()
            gone.open()
        }
        try await withTransport { transport in
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    await #expect(throws: HTTPError.cancelled) {
                        _ = try await transport.send(HTTPRequest(url: server.url))
                    }
                }
                await arrived.wait()
                group.cancelAll()
            }
            await gone.wait()
        }
    }

    @Test func cancelledReaderLeavesTheWire() async throws {
        let gone = Gate()
        let server = try RawServer { connection in
            guard connection.readHead() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
            connection.waitForEnd()
            gone.open()
        }
        try await withTransport { transport in
            let response = try await transport.send(HTTPRequest(url: server.url, pool: .watch))
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    await #expect(throws: HTTPError.cancelled) { _ = try await response.body.collect() }
                }
                group.cancelAll()
            }
            await gone.wait()
        }
    }

    @Test func droppedResponseLeavesTheWire() async throws {
        let gone = Gate()
        let server = try RawServer { connection in
            guard connection.readHead() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
            connection.waitForEnd()
            gone.open()
        }
        try await withTransport { transport in
            _ = try await transport.send(HTTPRequest(url: server.url))
            await gone.wait()
        }
    }

    @Test func slowReaderPausesTheServerAndLosesNothing() async throws {
        let piece = [UInt8](repeating: 5, count: 1 << 20)
        let server = try RawServer { connection in
            guard connection.readHead() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(32 * piece.count)\r\n\r\n")
            for _ in 0..<32 { connection.write(piece) }
        }
        let (count, largest) = try await withTransport {
            $0.bodyBuffer = 20_000
        } _: { transport in
            let body = try await transport.send(HTTPRequest(url: server.url)).body
            var (count, largest) = (0, 0)
            for try await bytes in body {
                count += bytes.count
                largest = max(largest, bytes.count)
            }
            return (count, largest)
        }
        #expect(count == 32 * piece.count)
        #expect(largest <= 20_000)
    }

    @Test func watchThatFallsBehindIsGivenUp() async throws {
        let isOver = Gate()
        let piece = [UInt8](repeating: 5, count: 1 << 20)
        let server = try RawServer { connection in
            guard connection.readHead() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(1 << 40)\r\n\r\n")
            // Ends when the client gives up: it never holds a watch back.
            while connection.write(piece) {}
            isOver.open()
        }
        try await withTransport {
            $0.watchBuffer = 100_000
        } _: { transport in
            let body = try await transport.send(HTTPRequest(url: server.url, pool: .watch, responseLimit: .max)).body
            await isOver.wait()
            await #expect(throws: HTTPError.fellBehind(limit: 100_000)) { _ = try await body.collect() }
        }
    }

    @Test func stoppedTransportEndsWhatIsOpenAndTakesNothingNew() async throws {
        let arrived = Gate()
        let server = try RawServer { connection in
            guard connection.readHead() != nil else { return }
            arrived.open()
            connection.waitForEnd()
        }
        let transport = CurlTransport()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect(throws: HTTPError.stopped) { _ = try await transport.send(HTTPRequest(url: server.url)) }
            }
            await #expect(throws: Never.self) {
                try await ServiceGroup([transport], logger: .disabled).run { await arrived.wait() }
            }
        }
        await #expect(throws: HTTPError.stopped) { _ = try await transport.send(HTTPRequest(url: server.url)) }
    }
}
