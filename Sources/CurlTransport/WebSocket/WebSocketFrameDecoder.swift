internal import HTTP

/// Cuts a server's bytes into frames.
///
/// Invariant: never holds more than one frame's header and `payloadLimit` bytes beyond what was appended last, because a
/// frame that announces more fails before its payload is awaited.
struct WebSocketFrameDecoder: Sendable {
    private let payloadLimit: Int
    private var buffer: [UInt8] = []
    private var consumed = 0

    init(payloadLimit: Int) {
        self.payloadLimit = payloadLimit
    }

    mutating func append(_ bytes: some Sequence<UInt8>) {
        if consumed > 0 {
            buffer.removeFirst(consumed)
            consumed = 0
        }
        buffer += bytes
    }

    /// The next whole frame, or `nil` until more bytes are appended.
    mutating func next() throws(HTTPError) -> WebSocketFrame? {
        let available = buffer.count - consumed
        guard available >= 2 else { return nil }
        let (first, second) = (buffer[consumed], buffer[consumed + 1])
        guard first & 0x70 == 0 else {
            throw .protocolViolation("a WebSocket frame uses an extension nobody asked for")
        }
        guard let opcode = WebSocketFrame.Opcode(rawValue: first & 0x0F) else {
            throw .protocolViolation("a WebSocket frame of an unknown kind")
        }
        guard second & 0x80 == 0 else { throw .protocolViolation("a server's WebSocket frame is masked") }
        let isFinal = first & 0x80 != 0
        let short = Int(second & 0x7F)
        if opcode.isControl, !isFinal || short > 125 {
            throw .protocolViolation("a WebSocket control frame is fragmented or too long")
        }
        let width = short == 126 ? 2 : short == 127 ? 8 : 0
        guard available >= 2 + width else { return nil }
        let length = width == 0 ? UInt64(short) : number(at: consumed + 2, width: width)
        guard length <= UInt64(payloadLimit) || opcode.isControl else { throw .tooLarge(limit: payloadLimit) }
        let start = consumed + 2 + width
        guard buffer.count - start >= Int(length) else { return nil }
        consumed = start + Int(length)
        return WebSocketFrame(opcode: opcode, isFinal: isFinal, payload: Array(buffer[start..<consumed]))
    }

    private func number(at index: Int, width: Int) -> UInt64 {
        buffer[index..<index + width].reduce(0) { $0 << 8 | UInt64($1) }
    }
}
