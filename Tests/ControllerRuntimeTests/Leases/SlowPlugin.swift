import HTTP
import KubernetesClient
import Primitives
import Processes

/// A credential plugin that takes its time, in virtual time, and gives tokens that end.
final class SlowPlugin: ProcessLauncher {
    private static let version = "client.authentication.k8s.io/v1"
    static let declared = ExecPlugin(apiVersion: version, command: "slow", place: "kubeconfig /k:9")

    private let duration: Duration
    private let life: Duration
    private let time: any TimeSource
    /// When each of its tokens ends.
    private let ends = Locked<[Timestamp]>([])

    init(takes duration: Duration, life: Duration, time: any TimeSource) {
        self.duration = duration
        self.life = life
        self.time = time
    }

    var runs: Int { ends.withLock { $0.count } }

    func accepts(_ request: HTTPRequest) -> Bool {
        guard let number = request.headers.first("Authorization")?.split(separator: "-").last.flatMap({ Int($0) })
        else {
            return false
        }
        let now = time.wallNow()
        return ends.withLock { $0.indices.contains(number) && now < $0[number] }
    }

    func run(_ request: ProcessRequest) async throws(ProcessError) -> ProcessResult {
        do throws(CancellationError) { try await time.sleep(for: duration) } catch { throw .cancelled }
        let end = time.wallNow() + life
        let number = ends.withLock { ends in
            ends.append(end)
            return ends.count - 1
        }
        let printed = """
            {"kind":"ExecCredential","apiVersion":"\(Self.version)",\
            "status":{"token":"number-\(number)","expirationTimestamp":"\(end.rfc3339)"}}
            """
        return ProcessResult(ending: .exited(0), output: Array(printed.utf8))
    }
}

/// A server that says 401 to whom it does not know.
struct GuardedTransport: HTTPTransport {
    private let base: any HTTPTransport
    private let accepts: @Sendable (HTTPRequest) -> Bool

    init(_ base: any HTTPTransport, accepts: @escaping @Sendable (HTTPRequest) -> Bool) {
        self.base = base
        self.accepts = accepts
    }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        guard accepts(request) else { return HTTPResponse(status: 401, bytes: []) }
        return try await base.send(request)
    }

    func connectWebSocket(_ request: WebSocketRequest) async throws(HTTPError) -> any WebSocketConnection {
        try await base.connectWebSocket(request)
    }
}
