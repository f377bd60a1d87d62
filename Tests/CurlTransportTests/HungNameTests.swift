import CurlTransport
import Glibc
import HTTP
import HTTPTesting
import Lifecycle
import Primitives
import Testing

/// A name that is looked up for ever, and who has to wait for it: nobody else.
///
/// The look-up is the C library's, so the test runs itself once more where the only name server is one that never answers.
@Suite(.timeLimit(.minutes(2))) struct HungNameTests {
    private static let mark = "AIOPS_TEST_HUNG_NAME"

    @Test func aHungNameHoldsUpNobodyElse() async throws {
        guard getenv(Self.mark) == nil else { return try await othersAreServed() }
        let again = "/proc/self/exe".withCString { realpath($0, nil) }
        guard let again else { throw Subprocess.Failed(what: "/proc/self/exe") }
        defer { free(again) }
        let script = """
            ip link set lo up && printf 'nameserver 127.0.0.1\\noptions timeout:20\\n' > /run/aiops-resolv.conf \
            && mount --bind /run/aiops-resolv.conf /etc/resolv.conf \
            && \(Self.mark)=1 exec '\(String(cString: again))' --testing-library swift-testing --filter aHungNameHoldsUpNobodyElse
            """
        // A network without anybody, and a file system in which /run and /etc/resolv.conf are the test's own.
        let child = try Subprocess(
            "unshare", ["--net", "--mount", "sh", "-c", "mount -t tmpfs none /run && " + script])
        let output = child.readToEnd()
        #expect(child.wait() == 0, "\(output)")
        #expect(output.contains("1 test"), "\(output)")
    }

    private func othersAreServed() async throws {
        let nameServer = try SilentNameServer()
        let server = try RawServer { connection in
            while connection.readHead() != nil { connection.respond("ok") }
        }
        try await withTransport { transport in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    _ = try? await transport.send(
                        HTTPRequest(url: "http://nobody.example/", connectTimeout: .seconds(60)))
                }
                try await nameServer.waitForQuestion()
                group.cancelAll()
                try await group.waitForAll()
            }
            let clock = ContinuousClock()
            let took = try await clock.measure {
                for _ in 0..<5 { _ = try await transport.send(HTTPRequest(url: server.url)).body.collect(upTo: 10) }
            }
            #expect(took < .seconds(5), "the loop waited for a name that nobody wants any more")
        }
    }
}

/// Takes questions and never answers.
private final class SilentNameServer: Sendable {
    private let descriptor: Int32
    private let asked = Gate()

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(53).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Subprocess.Failed(what: "port 53") }
    }

    deinit { close(descriptor) }

    func waitForQuestion() async throws {
        let (descriptor, asked) = (descriptor, asked)
        try PlatformThread.spawn(name: "name-server") {
            var byte: UInt8 = 0
            _ = recv(descriptor, &byte, 1, 0)
            asked.open()
        }
        await asked.wait()
    }
}
