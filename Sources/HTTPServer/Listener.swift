internal import CLinux
internal import Glibc

/// A listening socket, bound before the server runs, so that its port is known and a taken one is noticed early.
final class Listener: Sendable {
    let descriptor: Int32
    let port: UInt16

    init(address: String, port: UInt16) throws(HTTPServerError) {
        var storage = sockaddr_storage()
        guard let size = Self.fill(&storage, address, port) else { throw .address(address) }
        let family = Int32(storage.ss_family)
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw .listen(address: address, port: port, code: errno) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        var length = size
        let isListening = withUnsafeMutablePointer(to: &storage) { storage in
            storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, size) == 0 && listen(descriptor, 128) == 0
                    && getsockname(descriptor, address, &length) == 0
            }
        }
        guard isListening else {
            let code = errno
            close(descriptor)
            throw .listen(address: address, port: port, code: code)
        }
        self.descriptor = descriptor
        // The port is at the same place in both families.
        self.port = withUnsafeBytes(of: &storage) { UInt16($0[2]) << 8 | UInt16($0[3]) }
    }

    private static func fill(_ storage: inout sockaddr_storage, _ text: String, _ port: UInt16) -> socklen_t? {
        withUnsafeMutableBytes(of: &storage) { bytes in
            let four = bytes.bindMemory(to: sockaddr_in.self)
            if inet_pton(AF_INET, text, &four[0].sin_addr) == 1 {
                four[0].sin_family = sa_family_t(AF_INET)
                four[0].sin_port = port.bigEndian
                return socklen_t(MemoryLayout<sockaddr_in>.size)
            }
            let six = bytes.bindMemory(to: sockaddr_in6.self)
            guard inet_pton(AF_INET6, text, &six[0].sin6_addr) == 1 else { return nil }
            six[0].sin6_family = sa_family_t(AF_INET6)
            six[0].sin6_port = port.bigEndian
            return socklen_t(MemoryLayout<sockaddr_in6>.size)
        }
    }
}
