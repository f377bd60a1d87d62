internal import CMicroHTTPD
internal import Glibc
package import HTTP
internal import Lifecycle
internal import Primitives

/// A small HTTP/1.1 server over libmicrohttpd: probes, metrics, webhooks.
///
/// One thread of its own does the I/O; handlers run as tasks, and their connection waits suspended meanwhile. It listens
/// from `init` on, and answers from `run` on.
package final class HTTPServer: Service {
    package static let defaultBodyLimit = 1 << 20
    private static let connectionLimit = 256
    private static let idleSeconds: UInt32 = 30

    package let name = "http server"
    /// The port listened on, also where 0 was asked for.
    package let port: UInt16
    private let listener: Listener
    private let core: ServerCore
    private let handler: HTTPHandler
    private let wasRun = Locked(false)

    /// Listens on an IP address; "0.0.0.0" and "::" mean any.
    ///
    /// A larger body than `bodyLimit` is answered with 413.
    package init(
        address: String, port: UInt16, bodyLimit: Int = HTTPServer.defaultBodyLimit, handler: @escaping HTTPHandler
    ) throws(HTTPServerError) {
        listener = try Listener(address: address, port: port)
        self.port = listener.port
        core = ServerCore(bodyLimit: bodyLimit, connections: Self.connectionLimit)
        self.handler = handler
    }

    deinit {
        if !wasRun.withLock({ $0 }) { close(listener.descriptor) }
    }

    /// Serves until the task is cancelled; then handlers are cancelled, and who still waits is answered 503.
    package func run() async throws {
        let isFirst = wasRun.withLock { wasRun in
            defer { wasRun = true }
            return !wasRun
        }
        guard isFirst,
            let server = aiops_mhd_start(
                listener.descriptor, UInt32(Self.connectionLimit), Self.idleSeconds, ServerCore.onRequest,
                ServerCore.onCompleted, Unmanaged.passUnretained(core).toOpaque())
        else { throw HTTPServerError.start }
        let (core, handler) = (core, handler)
        await withDiscardingTaskGroup { group in
            // Ends when the task is cancelled, and the handlers with it.
            for await exchange in core.jobs {
                group.addTask { core.answer(exchange, await handler(exchange.request)) }
            }
        }
        core.close()
        try await Self.stop(server)
    }

    /// Stopping joins the library's thread, so it has a thread to wait on.
    private static func stop(_ server: UnsafeMutablePointer<aiops_mhd_server>) async throws {
        // Safe: handed to exactly one other thread, and not used here again.
        nonisolated(unsafe) let server = server
        let result: Result<Void, PlatformThread.Failure> = await withCheckedContinuation { continuation in
            do throws(PlatformThread.Failure) {
                try PlatformThread.spawn(name: "http-stop") {
                    aiops_mhd_stop(server)
                    continuation.resume(returning: .success(()))
                }
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
        try result.get()
    }
}
