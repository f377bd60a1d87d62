import CurlTransport
import HTTP
import Lifecycle
import Primitives
import Testing

/// Against a real HTTP/2 server with a limit of its own.
@Suite(.timeLimit(.minutes(1))) struct MultiplexTests {
    private let certificates: TestCertificates
    private let tls: TLSConfiguration

    init() throws {
        certificates = try TestCertificates()
        tls = TLSConfiguration(caPEM: try certificates.read("ca.pem"))
    }

    private func watch(_ server: HTTP2Server, connectTimeout: Duration = .seconds(10)) -> HTTPRequest {
        HTTPRequest(
            url: server.url + "/watch", tls: tls, pool: .watch, connectTimeout: connectTimeout, responseLimit: .max)
    }

    /// Opens watches all at once and returns their bodies, each behind its first chunk.
    private func open(
        _ count: Int, of request: HTTPRequest, on transport: CurlTransport
    ) async throws -> [HTTPBody.Iterator] {
        try await withThrowingTaskGroup(of: HTTPBody.Iterator.self) { group in
            for _ in 0..<count {
                group.addTask {
                    var body = try await transport.send(request).body.makeAsyncIterator()
                    #expect(try await body.next() == Array("open".utf8))
                    return body
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    /// Without the caps libcurl 7.88.1 opened 201 connections for 300 watches at a limit of 100.
    @Test(arguments: [(250, 100, 2, 3...4), (90, 30, 3, 3...3), (100, 100, 4, 1...2)])
    func watchesShareConnectionsOfAHundredStreams(
        count: Int, limit: Int, cap: Int, connections: ClosedRange<Int>
    ) async throws {
        let server = try HTTP2Server(certificates, maxStreams: limit)
        try await withTransport {
            $0.watchConnections = cap
        } _: { transport in
            var bodies = try await open(count, of: watch(server), on: transport)
            let counts = try server.order("event")
            #expect(counts["watches"] == count)
            #expect(connections.contains(counts["connections"] ?? 0), "\(counts)")
            #expect((counts["peak"] ?? 0) <= limit, "\(counts)")
            for index in bodies.indices { #expect(try await bodies[index].next() == Array("event".utf8)) }
        }
    }

    /// The server, if asked, would take more than a hundred on one connection.
    @Test func atMostAHundredStreamsEvenWhereTheServerTakesMore() async throws {
        let server = try HTTP2Server(certificates, maxStreams: 1_000)
        try await withTransport {
            $0.watchConnections = 2
        } _: { transport in
            let bodies = try await open(150, of: watch(server), on: transport)
            let counts = try server.order("stats")
            #expect(counts["peak"] == 100)
            #expect((2...3).contains(counts["connections"] ?? 0), "\(counts)")
            withExtendedLifetime(bodies) {}
        }
    }

    /// libcurl would let the surplus wait without a word.
    @Test func watchWithoutAStreamFailsInTime() async throws {
        let server = try HTTP2Server(certificates, maxStreams: 5)
        try await withTransport {
            $0.watchConnections = 2
        } _: { transport in
            let bodies = try await open(10, of: watch(server), on: transport)
            await #expect(throws: HTTPError.timedOut(.connecting)) {
                _ = try await transport.send(watch(server, connectTimeout: .milliseconds(300)))
            }
            withExtendedLifetime(bodies) {}
        }
    }

    /// A hundred watches and their connections are no concern of a short request.
    @Test func requestsDoNotWaitBehindWatches() async throws {
        let server = try HTTP2Server(certificates, maxStreams: 5)
        let tls = tls
        try await withTransport {
            $0.watchConnections = 1
        } _: { transport in
            let bodies = try await open(5, of: watch(server), on: transport)
            for pool in [HTTPPool.request, .lease, .model] {
                let request = HTTPRequest(url: server.url + "/x", tls: tls, pool: pool, totalTimeout: .seconds(20))
                #expect(try await transport.send(request).body.collect() == Array("hello".utf8))
            }
            withExtendedLifetime(bodies) {}
        }
    }

    @Test func goawayEndsNothingThatRuns() async throws {
        let server = try HTTP2Server(certificates)
        let tls = tls
        try await withTransport {
            $0.multiplexed = [.watch, .request]
        } _: { transport in
            let post = HTTPRequest(method: "POST", url: server.url + "/x", body: [1], tls: tls)
            _ = try await transport.send(post).body.collect()
            var bodies = try await open(3, of: watch(server), on: transport)
            try server.order("goaway")
            bodies += try await open(2, of: watch(server), on: transport)
            _ = try await transport.send(post).body.collect()
            let counts = try server.order("event")
            #expect(counts["watches"] == 5)
            // One for the requests and one for the watches before it, and after it again, or two where both watches asked at once.
            #expect((4...5).contains(counts["connections"] ?? 0), "\(counts)")
            #expect(counts["bodies"] == 2)
            for index in bodies.indices { #expect(try await bodies[index].next() == Array("event".utf8)) }
        }
    }

    /// One end in twenty looked like success, so that whoever watches takes every end for the end of the connection.
    @Test func droppedConnectionEndsEveryWatchOnIt() async throws {
        let server = try HTTP2Server(certificates)
        try await withTransport { transport in
            var bodies = try await open(20, of: watch(server), on: transport)
            try server.order("drop")
            for index in bodies.indices {
                do throws(HTTPError) {
                    #expect(try await bodies[index].next() == nil)
                } catch {
                    guard case .reset(bytesSeen: true, _) = error else {
                        Issue.record("\(error)")
                        continue
                    }
                }
            }
        }
    }

    /// libcurl 7.88.1 leaves the end of a frame of several times its buffer lying, and what came behind it, until something
    /// else comes in: such an event was seen a minute late, with the next bookmark.
    @Test(arguments: [1, 3, 20], [9_000, 12_000, 16_000, 50_000])
    func aLargeEventIsThereWithoutAnotherBehindIt(watches: Int, size: Int) async throws {
        let server = try HTTP2Server(certificates)
        try await withTransport { transport in
            let bodies = try await open(watches, of: watch(server), on: transport)
            try server.order("large \(size)")
            let received = Locked(0)
            try await withDeadline(.seconds(20), time: SystemTimeSource()) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for body in bodies {
                        group.addTask {
                            var body = body
                            var own = 0
                            while own < size, let piece = try await body.next() { own += piece.count }
                            received.withLock { [own] in $0 += own }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            #expect(received.withLock { $0 } == watches * size)
        }
    }

    @Test func watchThatTheServerEndsIsOver() async throws {
        let server = try HTTP2Server(certificates)
        try await withTransport { transport in
            var bodies = try await open(3, of: watch(server), on: transport)
            try server.order("end")
            for index in bodies.indices {
                #expect(try await bodies[index].next() == Array("event".utf8))
                #expect(try await bodies[index].next() == nil)
            }
        }
    }

    @Test(arguments: ["/die", "/refuse"], ["POST", "PATCH", "DELETE"])
    func writeIsOnTheWireOnceOverHTTP2(path: String, method: String) async throws {
        let server = try HTTP2Server(certificates)
        let tls = tls
        try await withTransport {
            $0.multiplexed = [.request]
        } _: { transport in
            _ = try await transport.send(HTTPRequest(url: server.url + "/x", tls: tls)).body.collect()
            let error = await #expect(throws: HTTPError.self) {
                let request = HTTPRequest(method: method, url: server.url + path, body: [1, 2], tls: tls)
                _ = try await transport.send(request).body.collect()
            }
            guard case .reset(bytesSeen: false, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(try server.order("stats")["requests"] == 2)
        }
    }

    @Test func cancelledLastStreamTakesItsConnectionAlong() async throws {
        let server = try HTTP2Server(certificates)
        try await withTransport { transport in
            var bodies = try await open(2, of: watch(server), on: transport)
            bodies.removeAll()
            let clock = ContinuousClock()
            let limit = clock.now + .seconds(20)
            while try server.order("stats")["open"] != 0, clock.now < limit { await Task.yield() }
            let counts = try server.order("stats")
            #expect(counts["open"] == 0)
        }
    }

    /// libcurl 7.88.1 tells the server only with the next traffic on the connection, here an event.
    @Test func cancelledStreamLeavesTheOthersAlone() async throws {
        let server = try HTTP2Server(certificates)
        try await withTransport { transport in
            var bodies = try await open(10, of: watch(server), on: transport)
            bodies.removeLast(5)
            try server.order("event")
            for index in bodies.indices { #expect(try await bodies[index].next() == Array("event".utf8)) }
            let clock = ContinuousClock()
            let limit = clock.now + .seconds(20)
            // The first event may have passed before the loop heard of the cancellation: there has to be another then.
            var looks = 0
            while try server.order(looks % 100 == 99 ? "event" : "stats")["watches"] != 5, clock.now < limit {
                looks += 1
                await Task.yield()
            }
            let counts = try server.order("event")
            #expect(counts["connections"] == 1)
            #expect(counts["watches"] == 5)
            for index in bodies.indices {
                #expect(try await bodies[index].next()?.starts(with: Array("event".utf8)) == true)
            }
        }
    }
}
