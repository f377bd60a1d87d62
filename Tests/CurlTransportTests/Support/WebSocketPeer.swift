import HTTPTesting
import Primitives

@testable import CurlTransport

/// The server's side of a WebSocket over a `RawConnection`; calls block.
struct WebSocketPeer {
    let connection: RawConnection
    let requestHead: String

    /// Answers the handshake; `nil` when there was none.
    init?(_ connection: RawConnection, subprotocol: String? = nil) {
        guard let head = connection.readHead() else { return nil }
        self.connection = connection
        requestHead = head
        let key = Self.header("Sec-WebSocket-Key", in: head)
        let accept = Base64.encode(SHA1.digest(of: Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)))
        let chosen = subprotocol.map { "Sec-WebSocket-Protocol: \($0)\r\n" } ?? ""
        connection.write(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n"
                + "\(chosen)Sec-WebSocket-Accept: \(accept)\r\n\r\n")
    }

    /// The next frame of the client, unmasked; `nil` at the end or when it is not masked.
    func read() -> (opcode: UInt8, payload: [UInt8])? {
        guard let head = connection.read(2), head[1] & 0x80 != 0 else { return nil }
        var length = Int(head[1] & 0x7F)
        if length >= 126 {
            guard let long = connection.read(length == 126 ? 2 : 8) else { return nil }
            length = long.reduce(0) { $0 << 8 | Int($1) }
        }
        guard let mask = connection.read(4), let masked = connection.read(length) else { return nil }
        return (head[0] & 0x0F, masked.enumerated().map { $1 ^ mask[$0 % 4] })
    }

    @discardableResult
    func write(_ opcode: UInt8, _ payload: [UInt8], isFinal: Bool = true) -> Bool {
        connection.write(Self.frame(opcode, payload, isFinal: isFinal))
    }

    static func frame(_ opcode: UInt8, _ payload: [UInt8], isFinal: Bool = true) -> [UInt8] {
        let first = (isFinal ? 0x80 : 0) | opcode
        switch payload.count {
        case ..<126: return [first, UInt8(payload.count)] + payload
        case ..<0x1_0000: return [first, 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)] + payload
        default:
            return [first, 127] + (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (56 - 8 * $0)) } + payload
        }
    }

    static func header(_ name: String, in head: String) -> String {
        for line in head.split(separator: "\r\n") where line.lowercased().hasPrefix(name.lowercased() + ":") {
            return String(line.dropFirst(name.count + 1).drop { $0 == " " })
        }
        return ""
    }
}
