import Glibc
import Primitives

/// One connection of a `RawServer`; calls block the thread of its script.
package final class RawConnection: Sendable {
    private struct State {
        var isOpen = true
        var buffer: [UInt8] = []
    }

    private let descriptor: Int32
    private let state = Locked(State())

    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    package var peerPort: UInt16 {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            _ = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &size) }
        }
        return UInt16(bigEndian: address.sin_port)
    }

    /// The head of the next request as text, or `nil` at the end of the connection.
    package func readHead() -> String? {
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

    package func read(_ count: Int) -> [UInt8]? {
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
    package func write(_ bytes: [UInt8]) -> Bool {
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
    package func write(_ text: String) -> Bool {
        write(Array(text.utf8))
    }

    package func writeChunk(_ text: String) {
        write(String(text.utf8.count, radix: 16) + "\r\n" + text + "\r\n")
    }

    package func respond(_ body: String, status: String = "200 OK") {
        write("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    /// Each write from now on in a segment of its own, as far as the kernel's part goes.
    package func sendAtOnce() {
        var isOn: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Carries bytes to a port of this machine and back, as a proxy that was asked to connect, until either side ends.
    package func tunnel(to port: UInt16) {
        let far = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { Glibc.close(far) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(far, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { return }
        write("HTTP/1.1 200 Connection established\r\n\r\n")
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            var ends = [descriptor, far].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            guard poll(&ends, 2, -1) > 0 else { return }
            for (from, to) in [(0, far), (1, descriptor)] where ends[from].revents != 0 {
                let count = recv(ends[from].fd, &piece, piece.count, 0)
                guard count > 0, send(to, piece, count, Int32(MSG_NOSIGNAL)) == count else { return }
            }
        }
    }

    /// Returns when the peer has closed or reset the connection.
    package func waitForEnd() {
        while fill() {}
    }

    /// Ends the connection with RST instead of FIN.
    package func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
        close()
    }

    package func close() {
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
