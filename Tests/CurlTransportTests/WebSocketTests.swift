import CurlTransport
import HTTP
import HTTPTesting
import Primitives
import Testing

@Suite(.timeLimit(.minutes(1))) struct WebSocketTests {
    @Test(arguments: [0, 1, 125, 126, 65_535, 65_536, 3_000_000])
    func echoesMessagesOfEverySize(size: Int) async throws {
        let server = try RawServer { connection in
            guard let peer = WebSocketPeer(connection, subprotocol: "v5.channel.k8s.io") else { return }
            while let (opcode, payload) = peer.read() {
                peer.write(opcode, payload)
                if opcode == 8 { return }
            }
        }
        let message = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let (subprotocol, echo, after) = try await withTransport { transport in
            let socket = try await transport.connectWebSocket(
                WebSocketRequest(
                    url: "ws://127.0.0.1:\(server.port)/exec?a=b",
                    subprotocols: ["v5.channel.k8s.io", "v4.channel.k8s.io"]))
            try await socket.send(message)
            let echo = try await socket.receive()
            await socket.close()
            return (socket.subprotocol, echo, try? await socket.receive())
        }
        #expect(subprotocol == "v5.channel.k8s.io")
        #expect(echo == .binary(message))
        #expect(after == nil)
    }

    @Test func assemblesFragmentsAndAnswersPingsBetweenThem() async throws {
        let pong = Locked<[UInt8]>([])
        let server = try RawServer { connection in
            guard let peer = WebSocketPeer(connection) else { return }
            peer.write(0x2, [1, 2], isFinal: false)
            peer.write(0x9, Array("beat".utf8))
            peer.write(0x0, [3], isFinal: false)
            peer.write(0x0, [], isFinal: true)
            guard let (opcode, payload) = peer.read(), opcode == 0xA else { return }
            pong.withLock { $0 = payload }
            peer.write(0x1, Array("grüße".utf8))
            peer.write(0x8, [0x03, 0xE8])
            connection.waitForEnd()
        }
        let messages = try await withTransport { transport in
            let socket = try await transport.connectWebSocket(WebSocketRequest(url: server.url))
            var messages: [WebSocketMessage] = []
            while let message = try await socket.receive() { messages.append(message) }
            return messages
        }
        #expect(messages == [.binary([1, 2, 3]), .text("grüße")])
        #expect(pong.withLock { $0 } == Array("beat".utf8))
    }

    @Test func refusalCarriesStatusAndBody() async throws {
        let server = try RawServer { connection in
            guard connection.readHead() != nil else { return }
            connection.respond("{\"kind\":\"Status\"}", status: "403 Forbidden")
            connection.waitForEnd()
        }
        let error = await #expect(throws: HTTPError.self) {
            try await withTransport { transport in
                _ = try await transport.connectWebSocket(WebSocketRequest(url: server.url))
            }
        }
        #expect(error == .webSocketRefused(status: 403, body: Array("{\"kind\":\"Status\"}".utf8)))
    }

    @Test func subprotocolThatWasNotOfferedIsRefused() async throws {
        let server = try RawServer { connection in
            guard WebSocketPeer(connection, subprotocol: "v1.other") != nil else { return }
            connection.waitForEnd()
        }
        let error = await #expect(throws: HTTPError.self) {
            try await withTransport { transport in
                _ = try await transport.connectWebSocket(WebSocketRequest(url: server.url, subprotocols: ["v5"]))
            }
        }
        guard case .protocolViolation = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func endWithoutGoodbyeIsAnError() async throws {
        let server = try RawServer { connection in
            guard let peer = WebSocketPeer(connection) else { return }
            peer.write(0x2, [7])
        }
        try await withTransport { transport in
            let socket = try await transport.connectWebSocket(WebSocketRequest(url: server.url))
            #expect(try await socket.receive() == .binary([7]))
            let error = await #expect(throws: HTTPError.self) { try await socket.receive() }
            guard case .reset(bytesSeen: true, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test func slowReaderHoldsTheServerBack() async throws {
        let total = 64
        let piece = [UInt8](repeating: 9, count: 256 << 10)
        let server = try RawServer { connection in
            guard let peer = WebSocketPeer(connection) else { return }
            for _ in 0..<total { peer.write(0x2, piece) }
            peer.write(0x8, [0x03, 0xE8])
            connection.waitForEnd()
        }
        let received = try await withTransport {
            $0.webSocketBuffer = 64 << 10
        } _: { transport in
            let socket = try await transport.connectWebSocket(WebSocketRequest(url: server.url))
            var received = 0
            while case .binary(let bytes)? = try await socket.receive() { received += bytes.count }
            return received
        }
        #expect(received == total * piece.count)
    }

    @Test func messageBeyondTheLimitFails() async throws {
        let server = try RawServer { connection in
            guard let peer = WebSocketPeer(connection) else { return }
            peer.write(0x2, [UInt8](repeating: 1, count: 2_000))
            connection.waitForEnd()
        }
        try await withTransport { transport in
            let socket = try await transport.connectWebSocket(WebSocketRequest(url: server.url, messageLimit: 1_000))
            await #expect(throws: HTTPError.tooLarge(limit: 1_000)) { try await socket.receive() }
        }
    }

    /// A peer that pings without reading is answered once it reads, and with the last pong only.
    @Test func pingsWithoutEndFillNoMemory() async throws {
        let isFlooded = Gate()
        let pongs = Locked<[[UInt8]]>([])
        let server = try RawServer { connection in
            guard let peer = WebSocketPeer(connection) else { return }
            let pings = (0..<400).flatMap { number in
                WebSocketPeer.frame(0x9, [UInt8(number & 0xFF)] + [UInt8](repeating: 0, count: 124))
            }
            // 15 MB of pings: the answers to all of them would not fit the kernel's buffers.
            for _ in 0..<300 { connection.write(pings) }
            peer.write(0x2, [1])
            isFlooded.waitBlocking()
            peer.write(0x9, Array("last".utf8))
            while let (opcode, payload) = peer.read() {
                guard opcode == 0xA else { continue }
                pongs.withLock { $0.append(payload) }
                if payload == Array("last".utf8) { break }
            }
            peer.write(0x8, [0x03, 0xE8])
            connection.waitForEnd()
        }
        try await withTransport { transport in
            let socket = try await transport.connectWebSocket(WebSocketRequest(url: server.url))
            #expect(try await socket.receive() == .binary([1]))
            isFlooded.open()
            #expect(try await socket.receive() == nil)
        }
        let count = pongs.withLock { $0.count }
        #expect(count < 110_000, "\(count) of 120,000 pings were answered")
    }

    @Test func silentServerIsPingedAndThenGivenUp() async throws {
        let pings = Locked(0)
        let server = try RawServer { connection in
            guard let peer = WebSocketPeer(connection) else { return }
            while let (opcode, _) = peer.read() {
                if opcode == 0x9 { pings.withLock { $0 += 1 } }
            }
        }
        try await withTransport { transport in
            let socket = try await transport.connectWebSocket(
                WebSocketRequest(
                    url: server.url, pingInterval: .milliseconds(50), silenceLimit: .milliseconds(500)))
            await #expect(throws: HTTPError.timedOut(.idle)) { _ = try await socket.receive() }
        }
        #expect(pings.withLock { $0 } >= 1)
    }

    @Test func serverThatAnswersPingsIsNotGivenUp() async throws {
        let server = try RawServer { connection in
            guard let peer = WebSocketPeer(connection) else { return }
            var count = 0
            while let (opcode, payload) = peer.read() {
                guard opcode == 0x9 else { continue }
                count += 1
                peer.write(0xA, payload)
                // By now more time has passed than the limit on silence.
                if count == 65 { peer.write(0x2, [9]) }
            }
        }
        try await withTransport { transport in
            let socket = try await transport.connectWebSocket(
                WebSocketRequest(
                    url: server.url, pingInterval: .milliseconds(100), silenceLimit: .seconds(6)))
            #expect(try await socket.receive() == .binary([9]))
        }
    }

    enum Farewell: Sendable, CaseIterable { case answered, ignored, cutShort, talkative }

    /// The goodbye is answered by the server, or waited for a second at most; the connection goes either way.
    @Test(arguments: Farewell.allCases)
    func goodbyeIsWaitedForButNotForEver(farewell: Farewell) async throws {
        let status = Locked<[UInt8]>([])
        let gone = Gate()
        let server = try RawServer { connection in
            guard let peer = WebSocketPeer(connection) else { return }
            while let (opcode, payload) = peer.read() {
                guard opcode == 0x8 else { continue }
                status.withLock { $0 = payload }
                switch farewell {
                case .answered: peer.write(0x8, payload)
                case .ignored: break
                case .cutShort: connection.reset()
                case .talkative: while peer.write(0x2, [UInt8](repeating: 1, count: 4_096)) {}
                }
                if farewell != .cutShort { connection.waitForEnd() }
                break
            }
            gone.open()
        }
        try await withTransport { transport in
            let clock = ContinuousClock()
            let start = clock.now
            do {
                let socket = try await transport.connectWebSocket(WebSocketRequest(url: server.url))
                await socket.close()
                // Let go of at once: the goodbye is still said.
            }
            await gone.wait()
            #expect(clock.now - start < .seconds(20))
        }
        #expect(status.withLock { $0 } == [0x03, 0xE8])
    }

    /// Whoever asks for a session asks for a command: the server has it, and may have begun.
    @Test func silentServerTimesOutInTheHandshake() async throws {
        let server = try RawServer { $0.waitForEnd() }
        let error = await #expect(throws: HTTPError.self) {
            try await withTransport { transport in
                _ = try await transport.connectWebSocket(
                    WebSocketRequest(url: server.url, connectTimeout: .milliseconds(500)))
            }
        }
        #expect(error == .timedOut(.firstByte) && error?.mayHaveReachedServer == true)
    }

    @Test func droppedConnectionLeavesTheWire() async throws {
        let gone = Gate()
        let server = try RawServer { connection in
            guard WebSocketPeer(connection) != nil else { return }
            connection.waitForEnd()
            gone.open()
        }
        try await withTransport { transport in
            _ = try await transport.connectWebSocket(WebSocketRequest(url: server.url))
            await gone.wait()
        }
    }

    @Test func cancelledReceiveEndsAtOnce() async throws {
        let server = try RawServer { connection in
            guard WebSocketPeer(connection) != nil else { return }
            connection.waitForEnd()
        }
        try await withTransport { transport in
            let socket = try await transport.connectWebSocket(WebSocketRequest(url: server.url))
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    await #expect(throws: HTTPError.cancelled) { _ = try await socket.receive() }
                }
                group.cancelAll()
            }
        }
    }
}
