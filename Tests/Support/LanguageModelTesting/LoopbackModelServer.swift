import Glibc
import Lifecycle
internal import Primitives

/// A server on loopback that answers each request with the bytes a test gives it, head and all.
///
/// It says what it is told and nothing of its own, so that a test decides where an answer is cut, how its bytes are spread over
/// pieces, and whether its connection ends in order.
package final class LoopbackModelServer: Sendable {
    package struct Answer: Sendable {
        package var pieces: [[UInt8]]
        /// Keep the connection and say nothing more, until the client is gone.
        package var isSilentAfterwards: Bool

        package init(pieces: [[UInt8]], isSilentAfterwards: Bool = false) {
            self.pieces = pieces
            self.isSilentAfterwards = isSilentAfterwards
        }
    }

    /// A request as it stood on the wire.
    package struct Request: Sendable {
        package var head: String
        package var body: String
    }

    package struct NoSocket: Error {}

    package let port: UInt16
    private let descriptor: Int32
    private let answer: @Sendable (Int) -> Answer
    private let seen = Locked<[Request]>([])

    /// `answer` is given the number of the request, 0 first; each is answered on a connection of its own.
    package init(_ answer: @escaping @Sendable (Int) -> Answer) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, size) == 0 && listen(descriptor, 64) == 0
                    && getsockname(descriptor, pointer, &size) == 0
            }
        }
        guard descriptor >= 0, isBound else { throw NoSocket() }
        self.descriptor = descriptor
        self.answer = answer
        port = UInt16(bigEndian: address.sin_port)
        let seen = seen
        try PlatformThread.spawn(name: "model-server") {
            while true {
                let peer = accept(descriptor, nil, nil)
                guard peer >= 0 else { return }
                Self.serve(peer, seen, answer)
                close(peer)
            }
        }
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }

    package var baseURL: String { "http://127.0.0.1:\(port)/v1" }
    package var requests: [Request] { seen.withLock { $0 } }

    private static func serve(_ peer: Int32, _ seen: Locked<[Request]>, _ answer: (Int) -> Answer) {
        guard let request = read(peer) else { return }
        let number = seen.withLock { seen in
            seen.append(request)
            return seen.count - 1
        }
        let answer = answer(number)
        // Each piece in a segment of its own, as far as the kernel's part goes.
        var isOn: Int32 = 1
        setsockopt(peer, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, socklen_t(MemoryLayout<Int32>.size))
        for piece in answer.pieces {
            var sent = 0
            while sent < piece.count {
                let count = piece[sent...].withUnsafeBytes {
                    send(peer, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                if count <= 0 { return }
                sent += count
            }
        }
        guard answer.isSilentAfterwards else { return }
        var byte: UInt8 = 0
        while recv(peer, &byte, 1, 0) > 0 {}
    }

    private static func read(_ peer: Int32) -> Request? {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            if let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) {
                let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
                let length =
                    head.split(separator: "\r\n").lazy
                    .filter { $0.lowercased().hasPrefix("content-length:") }
                    .compactMap { Int($0.split(separator: ":")[1].drop { $0 == " " }) }.first ?? 0
                if bytes.count - end.upperBound >= length {
                    return Request(head: head, body: String(decoding: bytes[end.upperBound...], as: UTF8.self))
                }
            }
            let count = recv(peer, &piece, piece.count, 0)
            if count <= 0 { return nil }
            bytes += piece[..<count]
        }
    }
}
