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

    /// When a caller stops waiting, and what it is told then.
    private struct Limit: Sendable {
        var length: Duration
        var error: HTTPError
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
        let limit = request.totalTimeout.map { Limit(length: $0, error: .timedOut(.total)) }
        let reply = try await exchange(limit: limit) { [process] in
            Exchange(process: process, number: $0, request)
        } perform: { (world) throws(HTTPError) in
            .response(try world.perform(request))
        }
        guard case .response(let response) = reply else { throw .protocolViolation("not a response") }
        return response
    }

    func connectWebSocket(_ request: WebSocketRequest) async throws(HTTPError) -> any WebSocketConnection {
        let limit = Limit(length: request.connectTimeout, error: .timedOut(.firstByte))
        let reply = try await exchange(limit: limit) { [process] in
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
        limit: Limit?, _ describe: (Int) -> Exchange,
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
                depart(exchange, limit, perform)
            }
        } onCancel: {
            // What has left will arrive all the same.
            settle(number, .failure(.cancelled))
        }
        return try result.get()
    }

    private func depart(
        _ exchange: Exchange, _ limit: Limit?, _ perform: @escaping @Sendable (World) throws(HTTPError) -> Reply
    ) {
        if exchange.mayHaveEffect, !exchange.isHousekeeping { world.save(for: .beforeRequest(exchange.number)) }
        let mishap = world.judge(exchange)
        if case .deathBefore = mishap { return world.schedule(after: .zero) { [self] in world.kill(process) } }
        var way = world.latency(of: exchange, isBack: false)
        if case .delayed(let more) = mishap { way += more }
        var left = limit
        left?.length -= way
        // Nobody waits any more when it arrives; it arrives all the same.
        if let limit, way > limit.length { answer(exchange, after: way, .failure(limit.error), limit) }
        world.schedule(after: way) { [self, left] in arrive(exchange, mishap, left, perform) }
    }

    private func arrive(
        _ exchange: Exchange, _ mishap: Mishap, _ limit: Limit?,
        _ perform: @Sendable (World) throws(HTTPError) -> Reply
    ) {
        guard !isDead else { return }
        let back = world.latency(of: exchange, isBack: true)
        switch mishap {
        case .lost:
            world.note(exchange, "lost")
            answer(exchange, after: back, .failure(.reset(bytesSeen: false, "the connection broke")), limit)
        case .refused(let status):
            world.note(exchange, "refused \(status.code)")
            var headers: HTTPHeaders = ["Content-Type": "application/json"]
            if let seconds = status.details?.retryAfterSeconds { headers.set("Retry-After", String(seconds)) }
            let response = HTTPResponse(status: status.code, headers: headers, bytes: status.jsonBytes())
            answer(exchange, after: back, .success(.response(response)), limit)
        case .none, .delayed, .replyLost, .deathAfter, .deathAfterReply, .deathBefore:
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
            if case .deathAfterReply = mishap { return world.schedule(after: back) { [self] in world.kill(process) } }
            let isLost = if case .replyLost = mishap { true } else { false }
            answer(
                exchange, after: back, isLost ? .failure(.reset(bytesSeen: false, "the reply was lost")) : result, limit
            )
        }
    }

    /// Tells the caller after `back`, or that its time is over, whichever comes first.
    private func answer(
        _ exchange: Exchange, after back: Duration, _ result: Result<Reply, HTTPError>, _ limit: Limit?
    ) {
        guard let limit, back > limit.length else {
            return world.schedule(after: back) { [self] in
                settle(exchange.number, result)
                if !isDead, exchange.mayHaveEffect, !exchange.isHousekeeping, case .success(let reply) = result,
                    reply.status < 400
                {
                    world.save(for: .afterReply(exchange.number))
                }
            }
        }
        world.schedule(after: max(.zero, limit.length)) { [self] in
            settle(exchange.number, .failure(limit.error))
        }
    }

    private func settle(_ number: Int, _ result: Result<Reply, HTTPError>) {
        state.withLock { $0.callers.removeValue(forKey: number) }?.resume(returning: result)
    }
}
