internal import CCurl
internal import CLinux
package import HTTP
internal import Lifecycle
internal import Primitives

/// HTTP over libcurl: one thread that owns every connection, driven by epoll.
///
/// Requests wait until `run` is called and fail with `stopped` after it has ended. All copies share one loop.
package final class CurlTransport: HTTPTransport, Service {
    package let name = "http transport"
    private let configuration: CurlConfiguration
    private let mailbox = Mailbox()
    private let lastID = Locked<UInt64>(0)
    /// For tasks that are to run where the bytes come in; see there.
    package let executor: LoopExecutor

    package init(configuration: CurlConfiguration = CurlConfiguration()) {
        self.configuration = configuration
        executor = LoopExecutor(mailbox)
        // TLS libraries write to sockets whose peer has gone, with no flag that would prevent the signal.
        aiops_ignore_broken_pipes()
        // Thread-safe since 7.84 and counted, so each transport may ask.
        curl_global_init(Int(CURL_GLOBAL_ALL))
    }

    /// False when the loop's thread has taken nothing for half a minute that was there to take: it hangs, and with it every
    /// request and every time limit.
    package var isAlive: Bool { mailbox.delay < .seconds(30) }

    /// Runs the loop on a thread of its own until the task is cancelled; then every open exchange fails with `stopped`.
    package func run() async throws {
        let (mailbox, executor, configuration) = (mailbox, executor, configuration)
        let result: Result<Void, LoopFailure> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                do throws(PlatformThread.Failure) {
                    try PlatformThread.spawn(name: "http-loop") {
                        continuation.resume(returning: Self.runLoop(mailbox, executor, configuration))
                    }
                } catch {
                    continuation.resume(returning: .failure(LoopFailure(code: error.code)))
                }
            }
        } onCancel: {
            mailbox.post(.stop)
        }
        try result.get()
    }

    package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let target = try RequestCheck.check(request)
        let exchange = Exchange(
            id: nextID(), request: request, target: target, configuration: configuration, mailbox: mailbox)
        let (id, mailbox) = (exchange.id, mailbox)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                exchange.awaitHead(continuation)
                if !mailbox.post(.start(exchange)) { exchange.finish(.stopped) }
            }
        } onCancel: {
            // Answered here, so that the task goes on even if the loop is busy or was never started.
            exchange.finish(.cancelled)
            mailbox.post(.remove(id))
        }
        return try result.get()
    }

    package func connectWebSocket(_ request: WebSocketRequest) async throws(HTTPError) -> any WebSocketConnection {
        try RequestCheck.check(request)
        let session = WebSocketSession(
            id: nextID(), request: request, inboxLimit: configuration.webSocketBuffer, mailbox: mailbox)
        let (id, mailbox) = (session.id, mailbox)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                session.awaitOpening(continuation)
                if !mailbox.post(.open(session)) { session.finish(.stopped) }
            }
        } onCancel: {
            session.finish(.cancelled)
            mailbox.post(.remove(id))
        }
        return CurlWebSocketConnection(session, subprotocol: try result.get(), mailbox: mailbox)
    }

    private func nextID() -> ExchangeID {
        lastID.withLock { last in
            last += 1
            return ExchangeID(number: last)
        }
    }

    private static func runLoop(
        _ mailbox: Mailbox, _ executor: LoopExecutor, _ configuration: CurlConfiguration
    ) -> Result<Void, LoopFailure> {
        do throws(LoopFailure) {
            try EventLoop(mailbox: mailbox, executor: executor, configuration: configuration).run()
            return .success(())
        } catch {
            for command in mailbox.close() { command.refuse() }
            return .failure(error)
        }
    }
}
