import CLinux
import Glibc
import HTTPTesting
import Lifecycle
import Primitives

/// A network of the test's own: a second network namespace at the other end of a cable that can be cut.
///
/// Needs root and iproute2; a machine without them fails the test, since nothing else shows what a dead peer is like.
final class NetworkLink: Sendable {
    /// Link-local on purpose, so that it never collides with the machine's networks.
    let address: String
    let peerAddress: String
    private let namespace: String
    /// From anywhere, since several runs may share a machine; in turn, since those of one run do.
    private static let made = Locked(Int.random(in: 0..<60 * 144))

    init() throws {
        // Random, since several runs may share a machine, each with process numbers of its own.
        let name = String(UInt32.random(in: 0x1000_0000 ... .max), radix: 16)
        namespace = "aiops-http-\(name)"
        let (near, far) = ("ah\(name)a", "ah\(name)b")
        let number = Self.made.withLock { made in
            made += 1
            return made
        }
        let subnet = "169.254.\(16 + number / 60 % 144)"
        let base = number % 60 * 4
        (address, peerAddress) = ("\(subnet).\(base + 1)", "\(subnet).\(base + 2)")
        try Self.ip("netns", "add", namespace)
        try Self.ip("link", "add", near, "type", "veth", "peer", "name", far, "netns", namespace)
        try Self.ip("addr", "add", "\(address)/30", "dev", near)
        try Self.ip("link", "set", near, "up")
        try Self.ip("-n", namespace, "addr", "add", "\(peerAddress)/30", "dev", far)
        try Self.ip("-n", namespace, "link", "set", far, "up")
    }

    deinit {
        // Takes the cable with it.
        do { try Self.ip("netns", "delete", namespace) } catch { print("left behind: namespace \(namespace)") }
    }

    /// A server at the other end.
    func serve(_ script: @escaping @Sendable (RawConnection) -> Void) throws -> RawServer {
        let result = Locked<Result<RawServer, any Error>?>(nil)
        let isDone = Semaphore()
        let (namespace, address) = (namespace, peerAddress)
        // Only this thread changes over; the socket it makes stays there.
        try PlatformThread.spawn(name: "namespace") {
            let descriptor = open("/var/run/netns/\(namespace)", O_RDONLY)
            let isInside = descriptor >= 0 && aiops_enter_network(descriptor) == 0
            let made = Result {
                guard isInside else { throw NoSocket(code: errno) }
                return try RawServer(address: address, script)
            }
            if descriptor >= 0 { close(descriptor) }
            result.withLock { $0 = made }
            isDone.signal()
        }
        isDone.wait()
        guard let made = result.withLock({ $0 }) else { throw NoSocket(code: 0) }
        return try made.get()
    }

    /// From now on nothing comes back, not even an error: what arrives at the other end is answered into the void.
    func cut() throws {
        try Self.ip("-n", namespace, "route", "add", "blackhole", "\(address)/32")
    }

    private static func ip(_ arguments: String...) throws {
        let command = try Subprocess("ip", arguments)
        let text = command.readToEnd()
        guard command.wait() == 0 else {
            throw Subprocess.Failed(what: "ip \(arguments.joined(separator: " ")) (it needs root): \(text)")
        }
    }
}
