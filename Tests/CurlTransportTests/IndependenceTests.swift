import CurlTransport
import HTTP
import HTTPTesting
import Lifecycle
import Primitives
import Telemetry
import Testing

/// Two transports in one process share nothing: a lease can be renewed by one while the other is busy, or has stopped.
@Suite(.timeLimit(.minutes(1))) struct IndependenceTests {
    @Test func eachHasItsThreadItsConnectionsAndItsEnd() async throws {
        let server = try RawServer { connection in
            while let head = connection.readHead() {
                if head.hasPrefix("GET /hang") { connection.waitForEnd() } else { connection.respond("x") }
            }
        }
        try await withTransport { first in
            try await withTransport { second in
                for transport in [first, second] {
                    for _ in 0..<3 {
                        let request = HTTPRequest(url: server.url, pool: .lease)
                        let bytes = try await transport.send(request).body.collect()
                        #expect(bytes == [UInt8(ascii: "x")])
                    }
                }
                #expect(server.connectionCount == 2)
            }
            // The second has ended; the first goes on, on the connection it had.
            _ = try await first.send(HTTPRequest(url: server.url, pool: .lease)).body.collect()
            #expect(server.connectionCount == 2)
        }
    }

    /// One transport drowns in watches that are given up; the other answers in between.
    @Test func oneBusyLoopDoesNotDelayTheOther() async throws {
        let piece = [UInt8](repeating: 5, count: 1 << 20)
        let flood = try RawServer { connection in
            guard connection.readHead() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(1 << 40)\r\n\r\n")
            while connection.write(piece) {}
        }
        let server = try RawServer { connection in
            while connection.readHead() != nil { connection.respond("x") }
        }
        try await withTransport { busy in
            try await withTransport { calm in
                try await withThrowingTaskGroup(of: Int.self) { group in
                    group.addTask {
                        var count = 0
                        let request = HTTPRequest(url: flood.url, pool: .watch, responseLimit: .max)
                        for try await bytes in try await busy.send(request).body {
                            count += bytes.count
                            if count >= 256 << 20 { break }
                        }
                        return count
                    }
                    for _ in 0..<50 {
                        let request = HTTPRequest(url: server.url, pool: .lease, totalTimeout: .seconds(5))
                        _ = try await calm.send(request).body.collect()
                    }
                    group.cancelAll()
                    do { _ = try await group.next() } catch let error as HTTPError {
                        // A slow machine may not have kept up with the flood.
                        #expect(error == .cancelled || error == .fellBehind(limit: 32 << 20))
                    }
                }
            }
        }
    }
}
