import HTTP
import Primitives
import Testing

@testable import CurlTransport

@Suite struct WebSocketCodecTests {
    private static let target = RequestTarget(isSecure: true, host: "example.test", port: 443, path: "/chat")
    /// The nonce of the example in RFC 6455, section 1.3.
    private static let nonce = Array("the sample nonce".utf8)
    private static let answer = """
        HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: chat\r\n\r\n
        """

    private static func makeMachine(limit: Int = 100) -> WebSocketMachine {
        let request = WebSocketRequest(url: "wss://example.test/chat", subprotocols: ["chat"])
        let handshake = WebSocketHandshake(request, target: target, nonce: nonce)
        return WebSocketMachine(handshake: handshake, messageLimit: limit) { 0 }
    }

    private static func makeOpenMachine(limit: Int = 100) -> WebSocketMachine {
        var machine = makeMachine(limit: limit)
        _ = machine.receive(Array(answer.utf8))
        return machine
    }

    @Test(arguments: [
        ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        (String(repeating: "a", count: 1_000), "291e9a6c66994949b57ba5e650361e98fc36b1ba"),
    ])
    func sha1(text: String, hex: String) {
        let digits = SHA1.digest(of: Array(text.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        #expect(digits.joined() == hex)
    }

    @Test func handshakeIsTheOneOfTheStandard() {
        let request = WebSocketRequest(url: "wss://example.test/chat", subprotocols: ["chat", "superchat"])
        let handshake = WebSocketHandshake(request, target: Self.target, nonce: Self.nonce)
        let text = String(decoding: handshake.requestBytes, as: UTF8.self)
        #expect(text.hasPrefix("GET /chat HTTP/1.1\r\n"))
        #expect(text.contains("\r\nHost: example.test\r\n"))
        #expect(text.contains("\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"))
        #expect(text.contains("\r\nSec-WebSocket-Protocol: chat, superchat\r\n"))
        #expect(text.hasSuffix("\r\n\r\n"))
    }

    @Test func opensByteByByteAndKeepsTheRest() {
        var machine = Self.makeMachine()
        var events: [WebSocketMachine.Event] = []
        for byte in Array(Self.answer.utf8) + WebSocketPeer.frame(0x2, [5]) { events += machine.receive([byte]) }
        #expect(events == [.opened(subprotocol: "chat"), .message(.binary([5]))])
    }

    @Test func wrongProofIsRefused() {
        var machine = Self.makeMachine()
        let forged = Self.answer.replacing("s3pP", with: "t3pP")
        guard case .failed(.protocolViolation)? = machine.receive(Array(forged.utf8)).first else {
            Issue.record("accepted")
            return
        }
        #expect(machine.receive(WebSocketPeer.frame(0x2, [5])).isEmpty)
    }

    /// The masked "Hello" of RFC 6455, section 5.7.
    @Test func masksAsTheStandardSays() {
        let frame = WebSocketFrame(opcode: .text, payload: Array("Hello".utf8))
        #expect(
            frame.encoded(mask: 0x37FA_213D) == [
                0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58,
            ])
    }

    @Test(
        arguments: [
            ("reserved bit", [0xC2, 0x00]), ("unknown opcode", [0x83, 0x00]), ("masked", [0x82, 0x80, 0, 0, 0, 0]),
            ("fragmented ping", [0x09, 0x00]), ("long ping", [0x89, 0x7E, 0x00, 0x80]), ("no beginning", [0x80, 0x00]),
            ("not UTF-8", [0x81, 0x01, 0xFF]), ("half a status", [0x88, 0x01, 0x03]),
        ] as [(String, [UInt8])])
    func violationsEndTheWebSocket(name: String, bytes: [UInt8]) {
        var machine = Self.makeOpenMachine()
        let events = machine.receive(bytes)
        guard case .failed(.protocolViolation)? = events.last, case .transmit? = events.first else {
            Issue.record("\(name): \(events)")
            return
        }
        #expect(machine.receive(WebSocketPeer.frame(0x2, [1])).isEmpty)
    }

    @Test func fragmentsTogetherObeyTheLimit() {
        var machine = Self.makeOpenMachine(limit: 10)
        #expect(machine.receive(WebSocketPeer.frame(0x2, Array(repeating: 1, count: 6), isFinal: false)).isEmpty)
        let events = machine.receive(WebSocketPeer.frame(0x0, Array(repeating: 1, count: 5)))
        #expect(events.last == .failed(.tooLarge(limit: 10)))
    }

    /// A hostile length must fail before its payload is awaited.
    @Test func announcedLengthBeyondTheLimitFailsAtOnce() {
        var machine = Self.makeOpenMachine(limit: 10)
        let events = machine.receive([0x82, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF])
        #expect(events.last == .failed(.tooLarge(limit: 10)))
    }

    @Test func goodbyeIsAnsweredOnceAndEndsSending() {
        var machine = Self.makeOpenMachine()
        let events = machine.receive(WebSocketPeer.frame(0x8, [0x03, 0xE8]))
        #expect(events == [.transmit([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE8]), .closed])
        #expect(machine.encode([1]).isEmpty)
        #expect(machine.close().isEmpty)
        #expect(machine.end().isEmpty)
    }

    @Test func pongsAreToldApart() {
        var machine = Self.makeOpenMachine()
        #expect(machine.receive(WebSocketPeer.frame(0x9, [7])) == [.pong([0x8A, 0x81, 0, 0, 0, 0, 7])])
        #expect(machine.receive(WebSocketPeer.frame(0xA, [7])).isEmpty)
        #expect(machine.ping() == [0x89, 0x80, 0, 0, 0, 0])
        _ = machine.close()
        #expect(machine.ping().isEmpty)
        #expect(machine.receive(WebSocketPeer.frame(0x9, [7])).isEmpty)
    }

    /// Whatever the pieces, the events are the same.
    @Test(arguments: UInt64(0)..<50)
    func piecesDoNotMatter(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var stream: [UInt8] = []
        var isOpen = false
        for _ in 0..<Int.random(in: 1...20, using: &generator) {
            let payload = [UInt8](repeating: 65, count: Int.random(in: 0...200, using: &generator))
            if Bool.random(using: &generator) {
                stream += WebSocketPeer.frame(Bool.random(using: &generator) ? 0x9 : 0xA, Array(payload.prefix(125)))
            }
            let isFinal = Bool.random(using: &generator)
            let first: UInt8 = Bool.random(using: &generator) ? 0x1 : 0x2
            stream += WebSocketPeer.frame(isOpen ? 0x0 : first, payload, isFinal: isFinal)
            isOpen = !isFinal
        }
        if Bool.random(using: &generator) { stream += WebSocketPeer.frame(0x8, [0x03, 0xE8]) }
        var whole = Self.makeOpenMachine(limit: 5_000)
        let expected = whole.receive(stream)
        var machine = Self.makeOpenMachine(limit: 5_000)
        var events: [WebSocketMachine.Event] = []
        var rest = stream[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...50, using: &generator))
            events += machine.receive(Array(piece))
            rest = rest.dropFirst(piece.count)
        }
        #expect(events == expected)
    }

    /// Whatever a server sends, nothing traps, nothing follows an end, and no message is larger than the limit.
    @Test(arguments: UInt64(0)..<200)
    func garbageIsSurvived(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var stream: [UInt8] = []
        for _ in 0..<20 {
            var frame = WebSocketPeer.frame(
                UInt8.random(in: 0...15, using: &generator),
                (0..<Int.random(in: 0...300, using: &generator)).map { _ in .random(in: 0...255, using: &generator) },
                isFinal: Bool.random(using: &generator))
            // One byte in some of the frames is not what it was.
            if Bool.random(using: &generator) {
                frame[Int.random(in: frame.indices, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            stream += frame
        }
        let isOpening = Bool.random(using: &generator)
        var machine = isOpening ? Self.makeMachine(limit: 1_000) : Self.makeOpenMachine(limit: 1_000)
        var hasEnded = false
        var rest = stream[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...100, using: &generator))
            rest = rest.dropFirst(piece.count)
            for event in machine.receive(Array(piece)) {
                #expect(!hasEnded, "\(seed): \(event) after the end")
                switch event {
                case .closed, .failed: hasEnded = true
                case .message(.binary(let bytes)) where bytes.count > 1_000: Issue.record("\(seed): too large")
                case .message(.text(let text)) where text.utf8.count > 1_000: Issue.record("\(seed): too large")
                default: break
                }
            }
        }
        #expect(machine.end().isEmpty == hasEnded)
    }

    @Test func otherStatusIsAFailure() {
        var machine = Self.makeOpenMachine()
        let events = machine.receive(WebSocketPeer.frame(0x8, [0x03, 0xF3] + Array("oops".utf8)))
        guard case .failed(.reset(bytesSeen: true, let why))? = events.last else {
            Issue.record("\(events)")
            return
        }
        #expect(why.contains("1011") && why.contains("oops"))
    }
}
