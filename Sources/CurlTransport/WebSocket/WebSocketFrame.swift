/// One frame of RFC 6455, section 5.
struct WebSocketFrame: Sendable, Hashable {
    enum Opcode: UInt8, Sendable {
        case continuation = 0x0
        case text = 0x1
        case binary = 0x2
        case close = 0x8
        case ping = 0x9
        case pong = 0xA

        var isControl: Bool { rawValue >= 0x8 }
    }

    var opcode: Opcode
    var isFinal = true
    var payload: [UInt8]

    /// The frame as a client sends it; a client's frames are always masked.
    func encoded(mask: UInt32) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(payload.count + 14)
        bytes.append((isFinal ? 0x80 : 0) | opcode.rawValue)
        switch payload.count {
        case ..<126: bytes.append(0x80 | UInt8(payload.count))
        case ..<0x1_0000:
            bytes.append(0x80 | 126)
            bytes += Self.bigEndian(payload.count, width: 2)
        default:
            bytes.append(0x80 | 127)
            bytes += Self.bigEndian(payload.count, width: 8)
        }
        let key = Self.bigEndian(Int(mask), width: 4)
        bytes += key
        let start = bytes.count
        bytes += payload
        for index in payload.indices { bytes[start + index] ^= key[index & 3] }
        return bytes
    }

    private static func bigEndian(_ value: Int, width: Int) -> [UInt8] {
        (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * (width - 1 - $0))) }
    }
}
