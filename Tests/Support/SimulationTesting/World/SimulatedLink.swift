import HTTP
import JSON
import KubernetesModel
import KubernetesTesting
import Primitives

/// All that one operator process can reach, until it dies; every request and every reply takes its time.
///
/// Invariants: a dead process has no further effect on anything, whatever its tasks still try, and whatever they wait for
/// ends at once; each caller is resumed exactly once.
final class SimulatedLink: HTTPTransport {
    private enum Reply: Sendable {
        case response(HTTPResponse)
        case connection(any WebSocketConnection)

        var status: Int {
            switch self {
            case .response(let response): response.status
            case .connection: 101
            }
        }
    }

    private typealias Caller = UnsafeContinuation<Result<Reply, HTTPError>, Never>

    private struct State {
        var isDead = false
        var requests = 0
        var callers: [Int: Caller] = [:]
    }

    let process: Int
    private unowned let world: World
    private let state = Locked(State())

    init(process: Int, world: World) {
        self.process = process
        self.world = world
    }

    var isDead: Bool { state.withLock { $0.isDead } }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let reply = try await exchange(limit: request.totalTimeout) { [process] in
            Exchange(process: process, number: $0, request)
        } perform: { (world) throws(HTTPError) in
            .response(try world.perform(request))
        }
        guard case .response(let response) = reply else { throw .protocolViolation("not a response") }
        return response
    }

    func connectWebSocket(_ request: WebSocketRequest) async throws(HTTPError) -> any WebSocketConnection {
        let reply = try await exchange(limit: request.connectTimeout) { [process] in
            Exchange(process: process, number: $0, request)
        } perform: { (world) throws(HTTPError) in
            .connection(try world.server.openExec(request))
        }
        guard case .connection(let connection) = reply else { throw .protocolViolation("not a connection") }
        return connection
    }

    /// Ends every wait of the process; nothing it sends from now on arrives.
    func die() {
        let callers = state.withLock { state in
            state.isDead = true
            defer { state.callers = [:] }
            return state.callers.sorted { $0.key < $1.key }.map(\.value)
        }
        for caller in callers { caller.resume(returning: .failure(.cancelled)) }
    }

    private func exchange(
        limit: Duration?, _ describe: (Int) -> Exchange,
        perform: @escaping @Sendable (World) throws(HTTPError) -> Reply
    ) async throws(HTTPError) -> Reply {
        let number = state.withLock { state in
            state.requests += 1
            return state.requests
        }
        let exchange = describe(number)
        let result = await withTaskCancellationHandler {
            await withUnsafeContinuation { (caller: Caller) in
                let isParked = state.withLock { state in
                    guard !state.isDead, !Task.isCancelled else { return false }
                    state.callers[number] = caller
                    return true
                }
                guard isParked else { return caller.resume(returning: .failure(.cancelled)) }
                depart(exchange, limit: limit ?? .seconds(60), perform)
            }
        } onCancel: {
            // What has left will arrive all the same.
            settle(number, .failure(.cancelled))
        }
        return try result.get()
    }

    private func depart(
        _ exchange: Exchange, limit: Duration, _ perform: @escaping @Sendable (World) throws(HTTPError) -> Reply
    ) {
        let mishap = world.judge(exchange)
        if case .deathBefore = mishap { return world.schedule(after: .zero) { [self] in world.kill(process) } }
        var way = world.latency(of: exchange)
        if case .delayed(let more) = mishap { way += more }
        world.schedule(after: way) { [self] in arrive(exchange, mishap, limit, perform) }
    }

    private func arrive(
        _ exchange: Exchange, _ mishap: Mishap, _ limit: Duration,
        _ perform: @Sendable (World) throws(HTTPError) -> Reply
    ) {
        guard !isDead else { return }
        let back = world.latency(of: exchange)
        switch mishap {
        case .lost:
            world.note(exchange, "lost")
            world.schedule(after: back) { [self] in
                settle(exchange.number, .failure(.reset(bytesSeen: false, "the connection broke")))
            }
        case .refused(let status):
            world.note(exchange, "refused \(status.code)")
            var headers: HTTPHeaders = ["Content-Type": "application/json"]
            if let seconds = status.details?.retryAfterSeconds { headers.set("Retry-After", String(seconds)) }
            let response = HTTPResponse(status: status.code, headers: headers, bytes: status.jsonBytes())
            world.schedule(after: back) { [self] in settle(exchange.number, .success(.response(response))) }
        case .none, .delayed, .replyLost, .deathAfter, .deathBefore:
            let result: Result<Reply, HTTPError>
            do throws(HTTPError) {
                let reply = try perform(world)
                result = .success(reply)
                world.happened(exchange, status: reply.status)
            } catch {
                result = .failure(error)
                world.happened(exchange, status: 0)
            }
            if case .deathAfter = mishap { return world.kill(process) }
            let isLost = if case .replyLost = mishap { true } else { false }
            world.schedule(after: back) { [self] in
                settle(
                    exchange.number,
                    isLost ? .failure(.reset(bytesSeen: false, "the reply was lost")) : result)
            }
        }
    }

    private func settle(_ number: Int, _ result: Result<Reply, HTTPError>) {
        state.withLock { $0.callers.removeValue(forKey: number) }?.resume(returning: result)
    }
}
