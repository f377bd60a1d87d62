import CurlTransport
import HTTP
import HTTPTesting
import Primitives
import Testing

/// libcurl repeats by itself what it sent on a kept connection that turned out to be dead, POST and PATCH included.
@Suite(.timeLimit(.minutes(1))) struct RepeatTests {
    enum Death: Sendable, CaseIterable {
        /// The request is read whole; then the connection is reset, or closed in order.
        case resetAfterBody, closedAfterBody
        /// Reset with half of the body unread.
        case resetWithinBody
        /// Reset when the head has come.
        case resetAfterHead
    }

    /// Answers the first request of the first connection, and dies on the second; later connections are answered.
    private func server(_ death: Death, size: Int, heads: Locked<Int>, bodies: Locked<Int>) throws -> RawServer {
        let connections = Locked(0)
        return try RawServer { connection in
            let number = connections.withLock { count in
                count += 1
                return count
            }
            if number == 1 {
                guard connection.readHead() != nil else { return }
                connection.respond("kept")
            }
            while connection.readHead() != nil {
                heads.withLock { $0 += 1 }
                let read = death == .resetAfterHead && number == 1 ? 0 : death == .resetWithinBody ? size / 2 : size
                guard connection.read(read) != nil else { return }
                bodies.withLock { $0 += 1 }
                guard number == 1 else {
                    connection.respond("again")
                    continue
                }
                if death != .closedAfterBody { connection.reset() }
                return
            }
        }
    }

    @Test(arguments: Death.allCases, ["POST", "PATCH", "PUT", "DELETE"])
    func writeIsOnTheWireOnce(death: Death, method: String) async throws {
        for size in [0, 20, 40_000, 300_000] {
            let (heads, bodies) = (Locked(0), Locked(0))
            let server = try server(death, size: size, heads: heads, bodies: bodies)
            let body = [UInt8](repeating: 7, count: size)
            let error = try await withTransport { transport in
                _ = try await transport.send(HTTPRequest(url: server.url)).body.collect()
                return await #expect(throws: HTTPError.self) {
                    try await transport.send(HTTPRequest(method: method, url: server.url, body: body)).body.collect()
                }
            }
            guard case .reset(bytesSeen: false, _) = error else {
                Issue.record("\(size): \(String(describing: error))")
                continue
            }
            #expect(error?.fate == .unknown)
            #expect(heads.withLock { $0 } == 1, "\(size)")
            #expect(bodies.withLock { $0 } <= 1, "\(size)")
        }
    }

    @Test(arguments: [Death.resetAfterBody, .closedAfterBody], ["GET", "HEAD"])
    func readSurvivesAKeptConnectionThatWasDead(death: Death, method: String) async throws {
        let (heads, bodies) = (Locked(0), Locked(0))
        let server = try server(death, size: 0, heads: heads, bodies: bodies)
        let status = try await withTransport { transport in
            _ = try await transport.send(HTTPRequest(url: server.url)).body.collect()
            return try await transport.send(HTTPRequest(method: method, url: server.url)).status
        }
        #expect(status == 200)
        #expect(heads.withLock { $0 } == 2)
    }

    /// A connection that is seen to be closed is not used, so nothing is lost and nothing is sent twice.
    @Test func closedConnectionIsReplacedBeforeAWrite() async throws {
        let closed = Gate()
        let bodies = Locked(0)
        let connections = Locked(0)
        let server = try RawServer { connection in
            let isFirst = connections.withLock { count in
                count += 1
                return count == 1
            }
            while connection.readHead() != nil {
                if !isFirst, connection.read(3) != nil { bodies.withLock { $0 += 1 } }
                connection.respond("x")
                if isFirst {
                    connection.close()
                    closed.open()
                    return
                }
            }
        }
        let status = try await withTransport { transport in
            _ = try await transport.send(HTTPRequest(url: server.url)).body.collect()
            await closed.wait()
            return try await transport.send(HTTPRequest(method: "POST", url: server.url, body: [1, 2, 3])).status
        }
        #expect(status == 200)
        #expect(bodies.withLock { $0 } == 1)
        #expect(server.connectionCount == 2)
    }
}
