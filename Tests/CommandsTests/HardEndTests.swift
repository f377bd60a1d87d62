import CommandLineInterface
import Commands
import Glibc
import HTTP
import Lifecycle
import Primitives
import Testing

/// A part of the operator that ignores its cancellation keeps the process for its grace period and no longer.
///
/// In a process of its own, since it ends.
@Suite(.timeLimit(.minutes(2))) struct HardEndTests {
    @Test func aPartThatDoesNotEndIsNamedAndLeftBehind() async throws {
        let result = await #expect(processExitsWith: .exitCode(3), observing: [\.standardErrorContent]) {
            await StubbornProgram.run(stubbornTransport: false)
        }
        try Self.check(#require(result).standardErrorContent)
    }

    @Test func aTransportThatDoesNotEndIsNamedAndLeftBehind() async throws {
        let result = await #expect(processExitsWith: .exitCode(3), observing: [\.standardErrorContent]) {
            await StubbornProgram.run(stubbornTransport: true)
        }
        try Self.check(#require(result).standardErrorContent)
    }

    private static func check(_ output: [UInt8]) throws {
        let log = String(decoding: output, as: UTF8.self)
        let late = log.split(separator: "\n").filter { $0.contains("services did not stop in time") }
        #expect(late.count == 1 && late.allSatisfy { $0.contains("stubborn") }, "\(log)")
        #expect(log.contains(#""exitCode":3"#), "\(log)")
    }
}

/// The manager command with an API server that is not there and one part that never ends.
private enum StubbornProgram {
    static func run(stubbornTransport: Bool) async -> Never {
        guard let kubeconfig = write(configuration), let signals = try? Signals() else { _exit(98) }
        let manager = ManagerCommand(
            ManagerCommand.Wiring(
                version: "test", environment: ["POD_NAMESPACE": "demo"], hostName: "test",
                transport: Nowhere(isStubborn: stubbornTransport), leaseTransport: Nowhere(isStubborn: false),
                server: { _, _ in (Server(isStubborn: !stubbornTransport), port: 1) },
                signals: { signals }, exit: { _exit($0) }))
        // Where the manager is to end in time, it gets enough on a busy machine.
        let grace = stubbornTransport ? 20 : 1
        let root = Command(name: "test", summary: "", subcommands: [manager.command])
        let program = CommandLineProgram(root: root, version: "test")
        // Far beyond every grace period the kernel ends a process that has not ended itself, and no exit code is seen.
        alarm(60)
        _exit(await program.run(["manager", "--kubeconfig=\(kubeconfig)", "--shutdown-grace=\(grace)"]))
    }

    private static let configuration = """
        apiVersion: v1
        kind: Config
        current-context: c
        contexts: [{name: c, context: {cluster: c, user: u}}]
        clusters: [{name: c, cluster: {server: "https://nowhere.test"}}]
        users: [{name: u, user: {token: t}}]

        """

    private static func write(_ text: String) -> String? {
        let directory = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(directory)/hard-end-XXXXXX".utf8CString)
        let file = mkstemp(&template)
        guard file >= 0, Glibc.write(file, text, text.utf8.count) == text.utf8.count else { return nil }
        // Nothing is left of it, however this process ends.
        unlink(template)
        return "/proc/self/fd/\(file)"
    }
}

private struct Server: Service {
    let isStubborn: Bool

    var name: String { isStubborn ? "stubborn" : "server" }

    func run() async throws {
        // All others run by now, or begin at once.
        kill(getpid(), SIGTERM)
        if isStubborn { await forever() }
        try await untilCancelled()
    }
}

private struct Nowhere: HTTPTransport, Service {
    let isStubborn: Bool

    var name: String { isStubborn ? "stubborn" : "transport" }

    func run() async throws {
        if isStubborn { await forever() }
        try await untilCancelled()
    }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse { throw .connect("nowhere") }
    func connectWebSocket(_ request: WebSocketRequest) async throws(HTTPError) -> any WebSocketConnection {
        throw .connect("nowhere")
    }
}

private func untilCancelled() async throws { for await _ in AsyncStream<Never>.makeStream().stream {} }

private func forever() async { await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in } }
