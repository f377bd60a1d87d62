import HTTP
import KubernetesTesting
import Primitives
import SimulationTesting

/// All that one operator process can reach: the API server and the model provider, until it dies.
///
/// A dead process has no further effect on anything, whatever its tasks still try.
final class ProcessLink: HTTPTransport {
    /// A write of the process.
    enum Moment: Sendable {
        /// Counted from 1: any of them, for those who try each. Who means a certain one says which, since what is written on
        /// the way there differs from run to run.
        case number(Int)
        /// The first like that.
        case first(@Sendable (APICall) -> Bool)
        /// The one that follows the first like that.
        case after(@Sendable (APICall) -> Bool)
    }

    /// What happens at a write.
    enum Event: Sendable {
        /// Killed before the request left.
        case deathBefore(Moment)
        /// Killed after the server did it, before the reply came.
        case deathAfter(Moment)
        /// The server does it, the reply gets lost, the process lives on.
        case lostReply(Moment)
        /// Somebody else acts before the request arrives.
        case interference(Moment, @Sendable () async -> Void)

        var moment: Moment {
            switch self {
            case .deathBefore(let moment), .deathAfter(let moment), .lostReply(let moment),
                .interference(let moment, _):
                moment
            }
        }
    }

    private struct State {
        var writes = 0
        var isNext = false
        var hasHappened = false
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
        let event = takeEvent(at: request)
        switch event {
        case .deathBefore: try die()
        case .interference(_, let act): await act()
        default: break
        }
        let response = try await server.send(request)
        switch event {
        case .deathAfter: try die()
        case .lostReply: throw .reset(bytesSeen: false, "the reply was lost")
        default: return response
        }
        return response
    }

    /// Counts the write.
    ///
    /// - Returns: what happens at it.
    private func takeEvent(at request: HTTPRequest) -> Event? {
        state.withLock { state in
            state.writes += 1
            guard let event, !state.hasHappened else { return nil }
            switch event.moment {
            case .number(let number): state.hasHappened = number == state.writes
            case .first(let matches): state.hasHappened = server.call(of: request).map(matches) ?? false
            case .after(let matches):
                state.hasHappened = state.isNext
                if !state.isNext { state.isNext = server.call(of: request).map(matches) ?? false }
            }
            return state.hasHappened ? event : nil
        }
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
