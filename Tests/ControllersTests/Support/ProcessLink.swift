import HTTP
import KubernetesTesting
import Primitives
import SimulationTesting

/// All that one operator process can reach: the API server and the model provider, until it dies.
///
/// A dead process has no further effect on anything, whatever its tasks still try.
final class ProcessLink: HTTPTransport {
    /// What happens at a write of the process, counted from 1.
    enum Event: Sendable {
        /// Killed before the request left.
        case deathBefore(Int)
        /// Killed after the server did it, before the reply came.
        case deathAfter(Int)
        /// The server does it, the reply gets lost, the process lives on.
        case lostReply(Int)
        /// Somebody else acts before the request arrives.
        case interference(Int, @Sendable () async -> Void)
    }

    private struct State {
        var writes = 0
        var isDead = false
        var asked: [String] = []
    }

    private let server: InMemoryAPIServer
    private let provider: ScriptedProvider
    private let event: Event?
    private let state = Locked(State())
    /// What happens in the world while the provider thinks about a call of the process.
    let whileThinking = Locked<(@Sendable () async -> Void)?>(nil)

    init(server: InMemoryAPIServer, provider: ScriptedProvider, event: Event? = nil) {
        self.server = server
        self.provider = provider
        self.event = event
    }

    var writes: Int { state.withLock { $0.writes } }
    /// The bodies of the calls of the model.
    var asked: [String] { state.withLock { $0.asked } }
    var isDead: Bool { state.withLock { $0.isDead } }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        if isDead { throw .cancelled }
        if request.url.hasPrefix(ScriptedProvider.baseURL) {
            if request.method != "GET", let act = whileThinking.withLock({ $0 }) { await act() }
            if isDead || Task.isCancelled { throw .cancelled }
            state.withLock { $0.asked.append(String(decoding: request.body, as: UTF8.self)) }
            return try provider.answer(request)
        }
        // A dry run changes nothing, so it matters to nobody whether it came.
        guard request.method != "GET", !request.url.contains("dryRun=All") else {
            return try await server.send(request)
        }
        let number = state.withLock { state in
            state.writes += 1
            return state.writes
        }
        switch event {
        case .deathBefore(number): try die()
        case .interference(number, let act): await act()
        default: break
        }
        let response = try await server.send(request)
        switch event {
        case .deathAfter(number): try die()
        case .lostReply(number): throw .reset(bytesSeen: false, "the reply was lost")
        default: return response
        }
        return response
    }

    func connectWebSocket(_ request: WebSocketRequest) async throws(HTTPError) -> any WebSocketConnection {
        if isDead { throw .cancelled }
        return try await server.connectWebSocket(request)
    }

    private func die() throws(HTTPError) {
        state.withLock { $0.isDead = true }
        throw .cancelled
    }
}
