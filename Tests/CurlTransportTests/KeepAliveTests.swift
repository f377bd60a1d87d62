import CurlTransport
import Glibc
import HTTP
import HTTPTesting
import Primitives
import Testing

/// The kernel tells which timer a socket has: without keep-alive an idle connection has none, and a cut link would never
/// be noticed.
@Suite(.timeLimit(.minutes(1))) struct KeepAliveTests {
    @Test func idleConnectionsAreWatched() async throws {
        let arrived = Gate()
        let port = Locked<UInt16>(0)
        let server = try RawServer { connection in
            guard connection.readHead() != nil else { return }
            port.withLock { $0 = connection.peerPort }
            arrived.open()
            connection.waitForEnd()
        }
        try await withTransport { transport in
            await withTaskGroup(of: Void.self) { group in
                group.addTask { _ = try? await transport.send(HTTPRequest(url: server.url, pool: .watch)) }
                await arrived.wait()
                let timer = Self.timer(local: port.withLock { $0 }, remote: server.port)
                // Kind 2 is keep-alive; the rest is in hundredths of a second.
                #expect(timer?.kind == 2)
                #expect(timer.map { (1...500).contains($0.remaining) } == true)
                group.cancelAll()
            }
        }
    }

    private static func timer(local: UInt16, remote: UInt16) -> (kind: Int, remaining: Int)? {
        for line in contents(of: "/proc/net/tcp").split(separator: "\n").dropFirst() {
            let fields = line.split(separator: " ")
            guard fields.count > 5, hexPort(fields[1]) == local, hexPort(fields[2]) == remote else { continue }
            let parts = fields[5].split(separator: ":").compactMap { Int($0, radix: 16) }
            return parts.count == 2 ? (parts[0], parts[1]) : nil
        }
        return nil
    }

    private static func hexPort(_ address: Substring) -> UInt16? {
        address.split(separator: ":").last.flatMap { UInt16($0, radix: 16) }
    }

    private static func contents(of path: String) -> String {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var all: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(descriptor, &piece, piece.count)
            guard count > 0 else { return String(decoding: all, as: UTF8.self) }
            all += piece[..<count]
        }
    }
}
