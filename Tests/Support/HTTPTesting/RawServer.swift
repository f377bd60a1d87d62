import Glibc
import Lifecycle
import Primitives

/// A loopback server whose connections a test scripts byte by byte, on threads that may block.
package final class RawServer: Sendable {
    package let port: UInt16
    private let descriptor: Int32
    private let accepted = Locked(0)

    private let address: String

    package var url: String { "http://\(address):\(port)" }
    package var connectionCount: Int { accepted.withLock { $0 } }

    /// Runs `script` for each connection; the connection is closed after it.
    ///
    /// The socket belongs to the network namespace of the calling thread.
    package init(address text: String = "127.0.0.1", _ script: @escaping @Sendable (RawConnection) -> Void) throws {
        // A child of another test that held a copy would keep a closed connection open.
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
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
            // By the one who uses it: closed by another, its number might be a new socket's by the next call.
            defer { Glibc.close(descriptor) }
            while true {
                let peer = accept(descriptor, nil, nil)
                guard peer >= 0 else { return }
                _ = fcntl(peer, F_SETFD, FD_CLOEXEC)
                accepted.withLock { $0 += 1 }
                let connection = RawConnection(descriptor: peer)
                try? PlatformThread.spawn(name: "raw-connection") {
                    script(connection)
                    connection.close()
                }
            }
        }
    }

    deinit { shutdown(descriptor, Int32(SHUT_RDWR)) }
}

package struct NoSocket: Error {
    package let code: Int32

    package init(code: Int32) { self.code = code }
}
