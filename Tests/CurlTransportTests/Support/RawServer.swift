import CLinux
import Glibc
import Lifecycle
import Primitives

/// A loopback server whose connections a test scripts byte by byte, on threads that may block.
final class RawServer: Sendable {
    let port: UInt16
    private let descriptor: Int32
    private let accepted = Locked(0)

    private let address: String

    var url: String { "http://\(address):\(port)" }
    var connectionCount: Int { accepted.withLock { $0 } }

    /// Runs `script` for each connection; the connection is closed after it.
    ///
    /// The socket belongs to the network namespace of the calling thread.
    init(address text: String = "127.0.0.1", _ script: @escaping @Sendable (RawConnection) -> Void) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        inet_pton(AF_INET, text, &address.sin_addr)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, size) == 0 && listen(descriptor, 1_024) == 0
                    && getsockname(descriptor, pointer, &size) == 0
            }
        }
        guard descriptor >= 0, isBound else { throw NoSocket(code: errno) }
        self.descriptor = descriptor
        self.address = text
        port = UInt16(bigEndian: address.sin_port)
        let accepted = accepted
        try PlatformThread.spawn(name: "raw-server") {
            while true {
                let peer = accept(descriptor, nil, nil)
                guard peer >= 0 else { return }
                accepted.withLock { $0 += 1 }
                let connection = RawConnection(descriptor: peer)
                try? PlatformThread.spawn(name: "raw-connection") {
                    script(connection)
                    connection.close()
                }
            }
        }
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        Glibc.close(descriptor)
    }
}

/// One connection of a `RawServer`; calls block the thread of its script.
final class RawConnection: Sendable {
    private struct State {
        var isOpen = true
        var buffer: [UInt8] = []
    }

    private let descriptor: Int32
    private let state = Locked(State())

    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    var peerPort: UInt16 {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            _ = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &size) }
        }
        return UInt16(bigEndian: address.sin_port)
    }

    /// The head of the next request as text, or `nil` at the end of the connection.
    func readHead() -> String? {
        let end = Array("\r\n\r\n".utf8)
        while true {
            let head: String? = state.withLock { state in
                guard let range = state.buffer.firstRange(of: end) else { return nil }
                defer { state.buffer.removeSubrange(..<range.upperBound) }
                return String(decoding: state.buffer[..<range.upperBound], as: UTF8.self)
            }
            if let head { return head }
            guard fill() else { return nil }
        }
    }

    func read(_ count: Int) -> [UInt8]? {
        while true {
            let bytes: [UInt8]? = state.withLock { state in
                guard state.buffer.count >= count else { return nil }
                defer { state.buffer.removeFirst(count) }
                return Array(state.buffer[..<count])
            }
            if let bytes { return bytes }
            guard fill() else { return nil }
        }
    }

    @discardableResult
    func write(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    @discardableResult
    func write(_ text: String) -> Bool {
        write(Array(text.utf8))
    }

    func writeChunk(_ text: String) {
        write(String(text.utf8.count, radix: 16) + "\r\n" + text + "\r\n")
    }

    func respond(_ body: String, status: String = "200 OK") {
        write("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    /// Returns when the peer has closed or reset the connection.
    func waitForEnd() {
        while fill() {}
    }

    /// Ends the connection with RST instead of FIN.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
        close()
    }

    func close() {
        let wasOpen = state.withLock { state in
            defer { state.isOpen = false }
            return state.isOpen
        }
        if wasOpen { Glibc.close(descriptor) }
    }

    private func fill() -> Bool {
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &piece, piece.count, 0)
        guard count > 0 else { return false }
        state.withLock { $0.buffer += piece[..<count] }
        return true
    }
}

struct NoSocket: Error {
    var code: Int32
}
