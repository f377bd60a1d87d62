import CurlTransport
import HTTP
import HTTPTesting
import Primitives
import Testing

@Suite(.timeLimit(.minutes(1))) struct ResponseShapeTests {
    enum Shape: Sendable, CaseIterable {
        case length, chunks, close, manyChunks, bytes
    }

    @Test(arguments: Shape.allCases, [0, 1, 5_000, 3 << 20])
    func bodiesArriveWholeInEveryShape(shape: Shape, size: Int) async throws {
        let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let server = try RawServer { connection in
            while connection.readHead() != nil {
                connection.write("HTTP/1.1 200 OK\r\n")
                switch shape {
                case .length:
                    connection.write("Content-Length: \(size)\r\n\r\n")
                    connection.write(body)
                case .close:
                    connection.write("Connection: close\r\n\r\n")
                    connection.write(body)
                    return
                case .chunks, .manyChunks, .bytes:
                    let pieces = shape == .chunks ? 1 : shape == .manyChunks ? 200 : min(size, 2_000)
                    let step = max(1, (size + max(1, pieces) - 1) / max(1, pieces))
                    connection.write("Transfer-Encoding: chunked\r\n\r\n")
                    for start in stride(from: 0, to: size, by: step) {
                        let piece = body[start..<min(size, start + step)]
                        connection.write(Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + [13, 10])
                    }
                    connection.write("0\r\n\r\n")
                }
            }
        }
        try await withTransport { transport in
            for pool in [HTTPPool.request, .watch] {
                let response = try await transport.send(HTTPRequest(url: server.url, pool: pool))
                #expect(try await response.body.collect() == body)
            }
        }
    }

    /// What ends before its announced end is never taken for whole.
    @Test(arguments: [
        "Content-Length: 100\r\n\r\nshort", "Transfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n",
        "Transfer-Encoding: chunked\r\n\r\n50\r\nfirst",
    ])
    func halfABodyIsAnError(rest: String) async throws {
        let server = try RawServer { connection in
            if connection.readHead() != nil { connection.write("HTTP/1.1 200 OK\r\n" + rest) }
        }
        let error = await #expect(throws: HTTPError.self) {
            try await withTransport { _ = try await $0.send(HTTPRequest(url: server.url)).body.collect() }
        }
        guard case .reset(bytesSeen: true, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(arguments: [
        "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 200 OK\r\n folded\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n",
        "\u{0}\u{1}\u{2}\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnot a size\r\n",
    ])
    func whatIsNotHTTPIsAViolation(text: String) async throws {
        let server = try RawServer { connection in
            guard connection.readHead() != nil else { return }
            connection.write(text)
            connection.waitForEnd()
        }
        let error = await #expect(throws: HTTPError.self) {
            try await withTransport { transport in
                let request = HTTPRequest(url: server.url, idleTimeout: .seconds(20))
                _ = try await transport.send(request).body.collect()
            }
        }
        #expect(error?.isRetryable == false || error?.fate == .answered, "\(String(describing: error))")
        #expect(error != .timedOut(.idle))
    }

    @Test func endlessHeadIsCutOff() async throws {
        let server = try RawServer { connection in
            guard connection.readHead() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\n")
            while connection.write("X-Again: " + String(repeating: "y", count: 1_000) + "\r\n") {}
        }
        let error = await #expect(throws: HTTPError.self) {
            try await withTransport { _ = try await $0.send(HTTPRequest(url: server.url)) }
        }
        #expect(error?.fate == .answered, "\(String(describing: error))")
    }

    @Test func serverThatNeverBeginsToAnswerIsGivenUp() async throws {
        let server = try RawServer { $0.waitForEnd() }
        for pool in HTTPPool.allCases {
            await #expect(throws: HTTPError.timedOut(.firstByte)) {
                try await withTransport { transport in
                    let request = HTTPRequest(url: server.url, pool: pool, firstByteTimeout: .milliseconds(50))
                    _ = try await transport.send(request)
                }
            }
        }
    }

    /// Slow to be sent is not slow to answer, and an answer that has begun is bound by its other limits.
    @Test func firstByteLimitCountsFromTheSendingAndEndsWithTheFirstByte() async throws {
        let next = Gate()
        let server = try RawServer { connection in
            guard connection.readHead() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\n")
            next.waitBlocking()
            connection.write("Content-Length: 1\r\n\r\nx")
        }
        let status = try await withTransport { transport in
            try await withThrowingTaskGroup(of: Int.self) { group in
                group.addTask {
                    let request = HTTPRequest(url: server.url, firstByteTimeout: .seconds(1))
                    return try await transport.send(request).status
                }
                // Another exchange that takes longer than the limit, so that the limit would have struck by then.
                let silent = try RawServer { $0.waitForEnd() }
                await #expect(throws: HTTPError.timedOut(.total)) {
                    _ = try await transport.send(HTTPRequest(url: silent.url, totalTimeout: .seconds(2)))
                }
                next.open()
                return try await group.next() ?? 0
            }
        }
        #expect(status == 200)
    }

    @Test func unreachableHostTimesOutAsConnecting() async throws {
        let link = try NetworkLink()
        try link.cut()
        for request in [
            HTTPRequest(url: "http://\(link.peerAddress):9/", connectTimeout: .milliseconds(200)),
            HTTPRequest(url: "http://\(link.peerAddress):9/", totalTimeout: .milliseconds(200)),
        ] {
            await #expect(throws: HTTPError.timedOut(.connecting)) {
                try await withTransport { _ = try await $0.send(request) }
            }
        }
        withExtendedLifetime(link) {}
    }
}
