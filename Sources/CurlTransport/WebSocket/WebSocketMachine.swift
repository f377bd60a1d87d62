internal import HTTP

/// The client's side of one WebSocket, RFC 6455, without any I/O.
///
/// Invariants: nothing is sent after a close frame; nothing is reported after `closed` or `failed`; a message under
/// assembly never exceeds `messageLimit`.
struct WebSocketMachine {
    enum Event: Hashable {
        case opened(subprotocol: String?)
        case message(WebSocketMessage)
        /// Bytes to put on the wire.
        case transmit([UInt8])
        /// The answer to a ping; a later one replaces it while it waits (RFC 6455, 5.5.3), so that pings without end fill
        /// no memory.
        case pong([UInt8])
        /// The server has said goodbye in order.
        case closed
        case failed(HTTPError)
    }

    private enum State {
        case handshaking(WebSocketHandshake)
        case open
        case ended
    }

    private let messageLimit: Int
    private let makeMask: () -> UInt32
    private var state: State
    private var decoder: WebSocketFrameDecoder
    private var message: WebSocketFrame?
    private var hasSentClose = false

    /// The masks must be unpredictable to whoever chooses the payload (RFC 6455, section 10.3).
    init(handshake: WebSocketHandshake, messageLimit: Int, makeMask: @escaping () -> UInt32) {
        state = .handshaking(handshake)
        self.messageLimit = messageLimit
        self.makeMask = makeMask
        decoder = WebSocketFrameDecoder(payloadLimit: messageLimit)
    }

    var isOpen: Bool { if case .open = state { true } else { false } }

    /// What to send for one binary message; empty once a close frame has been sent.
    func encode(_ payload: [UInt8]) -> [UInt8] {
        hasSentClose ? [] : WebSocketFrame(opcode: .binary, payload: payload).encoded(mask: makeMask())
    }

    /// What to send to learn whether the server is still there; empty while it is no use.
    func ping() -> [UInt8] {
        isOpen && !hasSentClose ? WebSocketFrame(opcode: .ping, payload: []).encoded(mask: makeMask()) : []
    }

    /// What to send to say goodbye; empty when that has been done.
    mutating func close(status: UInt16 = 1000) -> [UInt8] {
        guard isOpen, !hasSentClose else { return [] }
        hasSentClose = true
        let payload = [UInt8(status >> 8), UInt8(truncatingIfNeeded: status)]
        return WebSocketFrame(opcode: .close, payload: payload).encoded(mask: makeMask())
    }

    mutating func receive(_ bytes: [UInt8]) -> [Event] {
        var events: [Event] = []
        do throws(HTTPError) {
            switch state {
            case .ended: return []
            case .open: decoder.append(bytes)
            case .handshaking(var handshake):
                let outcome = try handshake.receive(bytes)
                guard case .opened(let subprotocol, let rest) = outcome else {
                    state = .handshaking(handshake)
                    return []
                }
                state = .open
                events.append(.opened(subprotocol: subprotocol))
                decoder.append(rest)
            }
            while isOpen, let frame = try decoder.next() { try take(frame, &events) }
        } catch {
            let farewell = close(status: Self.status(for: error))
            if !farewell.isEmpty { events.append(.transmit(farewell)) }
            state = .ended
            events.append(.failed(error))
        }
        return events
    }

    /// The connection is gone.
    mutating func end() -> [Event] {
        defer { state = .ended }
        switch state {
        case .ended: return []
        case .handshaking(var handshake): return [.failed(handshake.end())]
        case .open: return [.failed(.reset(bytesSeen: true, "the WebSocket ended without a goodbye"))]
        }
    }

    private mutating func take(_ frame: WebSocketFrame, _ events: inout [Event]) throws(HTTPError) {
        switch frame.opcode {
        case .ping:
            guard !hasSentClose else { return }
            let pong = WebSocketFrame(opcode: .pong, payload: frame.payload)
            events.append(.pong(pong.encoded(mask: makeMask())))
        case .pong: break
        case .close: try takeClose(frame.payload, &events)
        case .text, .binary:
            guard message == nil else { throw .protocolViolation("a WebSocket message begins within another") }
            try assemble(frame, &events)
        case .continuation:
            guard var whole = message else { throw .protocolViolation("a WebSocket message has no beginning") }
            guard frame.payload.count <= messageLimit - whole.payload.count else {
                throw .tooLarge(limit: messageLimit)
            }
            whole.payload += frame.payload
            whole.isFinal = frame.isFinal
            try assemble(whole, &events)
        }
    }

    private mutating func assemble(_ frame: WebSocketFrame, _ events: inout [Event]) throws(HTTPError) {
        guard frame.isFinal else {
            message = frame
            return
        }
        message = nil
        guard frame.opcode == .text else {
            events.append(.message(.binary(frame.payload)))
            return
        }
        guard let text = String(validating: frame.payload, as: UTF8.self) else {
            throw .protocolViolation("a WebSocket text message is not UTF-8")
        }
        events.append(.message(.text(text)))
    }

    private mutating func takeClose(_ payload: [UInt8], _ events: inout [Event]) throws(HTTPError) {
        guard payload.count != 1 else { throw .protocolViolation("a WebSocket goodbye has half a status") }
        let status = payload.count >= 2 ? UInt16(payload[0]) << 8 | UInt16(payload[1]) : 1000
        let answer = close(status: status)
        if !answer.isEmpty { events.append(.transmit(answer)) }
        state = .ended
        if status == 1000 || status == 1001 {
            events.append(.closed)
        } else {
            let reason = String(decoding: payload.dropFirst(2), as: UTF8.self)
            events.append(
                .failed(.reset(bytesSeen: true, "the server closed the WebSocket with status \(status): \(reason)")))
        }
    }

    private static func status(for error: HTTPError) -> UInt16 {
        switch error {
        case .tooLarge: 1009
        default: 1002
        }
    }
}
