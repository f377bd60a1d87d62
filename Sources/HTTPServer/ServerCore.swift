internal import CMicroHTTPD
internal import HTTP
internal import Primitives

/// What libmicrohttpd's callbacks work on; they run on its one thread and never wait.
///
/// Invariants: `open` holds exactly the suspended exchanges; after `close` none is suspended any more.
final class ServerCore: Sendable {
    private struct State {
        var open: [ObjectIdentifier: ServerExchange] = [:]
        var isClosed = false
    }

    let jobs: AsyncStream<ServerExchange>
    private let submit: AsyncStream<ServerExchange>.Continuation
    private let bodyLimit: Int
    private let state = Locked(State())

    init(bodyLimit: Int, connections: Int) {
        self.bodyLimit = bodyLimit
        // One request at a time on each connection.
        (jobs, submit) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(connections))
    }

    func answer(_ exchange: ServerExchange, _ response: ServerResponse) {
        state.withLock { $0.open[ObjectIdentifier(exchange)] = nil }
        exchange.answer(response)
    }

    /// Answers what nobody will answer any more; the library must not be stopped before.
    func close() {
        let left = state.withLock { state in
            state.isClosed = true
            defer { state.open = [:] }
            return Array(state.open.values)
        }
        for exchange in left { exchange.answer(ServerResponse(status: 503)) }
        submit.finish()
    }

    private func begin(_ connection: OpaquePointer, _ method: String, _ path: String) -> ServerExchange {
        var head = ServerRequest(method: method, path: path)
        withUnsafeMutablePointer(to: &head) { head in
            aiops_mhd_each_header(connection, Self.addHeader, head)
            aiops_mhd_each_argument(connection, Self.addArgument, head)
        }
        return ServerExchange(connection: connection, head: head, bodyLimit: bodyLimit)
    }

    private func finish(_ exchange: ServerExchange, on connection: OpaquePointer) -> Bool {
        switch exchange.progress {
        case .answered(let response): return Self.queue(response, on: connection)
        case .dispatched: return true
        case .receiving: break
        }
        guard !exchange.isTooLarge else { return Self.queue(ServerResponse(status: 413), on: connection) }
        let isAccepted = state.withLock { state in
            guard !state.isClosed else { return false }
            exchange.suspend()
            state.open[ObjectIdentifier(exchange)] = exchange
            return true
        }
        guard isAccepted else { return Self.queue(ServerResponse(status: 503), on: connection) }
        submit.yield(exchange)
        return true
    }

    private static func queue(_ response: ServerResponse, on connection: OpaquePointer) -> Bool {
        let made = response.body.withUnsafeBytes { aiops_mhd_make_response($0.baseAddress, $0.count) }
        guard let made else { return false }
        for (name, value) in response.headers { aiops_mhd_add_header(made, name, value) }
        return aiops_mhd_queue(connection, UInt32(clamping: response.status), made) != 0
    }

    static let onRequest: aiops_mhd_request = { context, connection, path, method, piece, size, state in
        guard let context, let connection, let path, let method, let size, let state else { return 0 }
        let core = Unmanaged<ServerCore>.fromOpaque(context).takeUnretainedValue()
        guard let known = state.pointee else {
            let exchange = core.begin(connection, String(cString: method), String(cString: path))
            state.pointee = Unmanaged.passRetained(exchange).toOpaque()
            return 1
        }
        let exchange = Unmanaged<ServerExchange>.fromOpaque(known).takeUnretainedValue()
        guard size.pointee > 0 else { return core.finish(exchange, on: connection) ? 1 : 0 }
        defer { size.pointee = 0 }
        return exchange.append(UnsafeRawBufferPointer(start: piece, count: size.pointee)) ? 1 : 0
    }

    static let onCompleted: aiops_mhd_completed = { state in
        guard let state, let known = state.pointee else { return }
        Unmanaged<ServerExchange>.fromOpaque(known).release()
        state.pointee = nil
    }

    private static let addHeader: aiops_mhd_pair = { context, name, value in
        guard let name, let head = context?.assumingMemoryBound(to: ServerRequest.self) else { return }
        head.pointee.headers.add(String(cString: name), value.map { String(cString: $0) } ?? "")
    }

    private static let addArgument: aiops_mhd_pair = { context, name, value in
        guard let name, let head = context?.assumingMemoryBound(to: ServerRequest.self) else { return }
        head.pointee.query.append((String(cString: name), value.map { String(cString: $0) } ?? ""))
    }
}
