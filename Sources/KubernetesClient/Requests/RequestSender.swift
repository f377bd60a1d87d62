import HTTP
import KubernetesModel
import Primitives
import Telemetry

/// Sends requests under our identity: adds address, token and limits, repeats what may be repeated, and turns every
/// answer that is no success into a typed error.
final class RequestSender: Sendable {
    let configuration: ClientConfiguration
    let transport: any HTTPTransport
    let time: any TimeSource
    let logger: Logger
    private let tokens: TokenSource
    private let metrics: RequestMetrics?
    private let generator: Locked<SeededGenerator>

    init(
        configuration: ClientConfiguration, transport: any HTTPTransport, time: any TimeSource, logger: Logger,
        metrics: MetricsRegistry?, files: any FileSource, seed: UInt64
    ) {
        self.configuration = configuration
        self.transport = transport
        self.time = time
        self.logger = logger
        self.metrics = metrics.map { RequestMetrics($0, server: configuration.server) }
        tokens = TokenSource(credential: configuration.credential, files: files, time: time)
        generator = Locked(SeededGenerator(seed: seed))
    }

    /// Sends and reads the whole body.
    func bytes(_ request: APIRequest) async throws(KubernetesError) -> [UInt8] {
        var policy = RetryPolicy(request.repeatability)
        while true {
            do throws(KubernetesError) {
                return try await wholeBody(request)
            } catch {
                guard let wait = generator.withLock({ policy.wait(after: error, using: &$0) }) else { throw error }
                metrics?.repeated(verb: request.operation.verb, code: error.status?.code)
                logger.debug(
                    "repeating a request",
                    ["operation": "\(request.operation)", "cause": "\(error.message)", "repeats": "\(policy.repeats)"])
                try await pause(wait, request.operation)
            }
        }
    }

    private func wholeBody(_ request: APIRequest) async throws(KubernetesError) -> [UInt8] {
        let response = try await attempt(request)
        do {
            return try await response.body.collect(upTo: request.responseLimit)
        } catch {
            throw KubernetesError(request.operation, .transport(error))
        }
    }

    /// Sends once, with a second try when a fresh token may help; the body of a success is still to be read.
    func attempt(_ request: APIRequest) async throws(KubernetesError) -> HTTPResponse {
        let token = try tokens.token()
        do {
            return try await exchange(request, token: token)
        } catch {
            guard case .unauthorized = error.kind, try tokens.refresh(refused: token) else { throw error }
            return try await exchange(request, token: try tokens.token())
        }
    }

    /// Opens a WebSocket under our identity.
    func webSocket(
        _ request: APIRequest, subprotocols: [String]
    ) async throws(KubernetesError) -> any WebSocketConnection {
        let token = try tokens.token()
        do {
            return try await connect(request, subprotocols, token: token)
        } catch {
            guard case .unauthorized = error.kind, try tokens.refresh(refused: token) else { throw error }
            return try await connect(request, subprotocols, token: try tokens.token())
        }
    }

    func random(in range: ClosedRange<Int>) -> Int {
        generator.withLock { Int.random(in: range, using: &$0) }
    }

    private func exchange(_ request: APIRequest, token: String?) async throws(KubernetesError) -> HTTPResponse {
        let start = time.monotonicNow()
        let response: HTTPResponse
        do {
            response = try await transport.send(http(request, token: token))
        } catch {
            record(request, code: nil, since: start)
            throw KubernetesError(request.operation, .transport(error))
        }
        record(request, code: response.status, since: start)
        if (200..<300).contains(response.status) {
            // The server names deprecated kinds and unknown fields here; nobody else would ever see it.
            if let warning = response.headers.first("Warning") {
                logger.warning("the API server warns", ["operation": "\(request.operation)", "warning": "\(warning)"])
            }
            return response
        }
        let body: [UInt8]
        do {
            body = try await response.body.collect(upTo: Self.statusLimit)
        } catch {
            if case .cancelled = error { throw KubernetesError(request.operation, .transport(error)) }
            body = []
        }
        throw .failed(request.operation, code: response.status, body: body, retryAfter: retryAfter(response.headers))
    }

    private func connect(
        _ request: APIRequest, _ subprotocols: [String], token: String?
    ) async throws(KubernetesError) -> any WebSocketConnection {
        let start = time.monotonicNow()
        do {
            let connection = try await transport.connectWebSocket(
                WebSocketRequest(
                    url: configuration.server + request.target, headers: headers(request, token: token),
                    subprotocols: subprotocols, tls: configuration.tls))
            record(request, code: 101, since: start)
            return connection
        } catch {
            guard case .webSocketRefused(let code, let body) = error else {
                record(request, code: nil, since: start)
                throw KubernetesError(request.operation, .transport(error))
            }
            record(request, code: code, since: start)
            throw .failed(request.operation, code: code, body: body, retryAfter: nil)
        }
    }

    private func http(_ request: APIRequest, token: String?) -> HTTPRequest {
        HTTPRequest(
            method: request.method, url: configuration.server + request.target,
            headers: headers(request, token: token), body: request.body, tls: configuration.tls,
            pool: pool(of: request),
            connectTimeout: .seconds(10), idleTimeout: request.idleTimeout, totalTimeout: request.totalTimeout,
            responseLimit: request.responseLimit)
    }

    /// A renewal must not queue behind anything else: losing a lease for that stops the work it stands for.
    private func pool(of request: APIRequest) -> HTTPPool {
        request.pool == .request && request.operation.resource == .leases ? .lease : request.pool
    }

    private func headers(_ request: APIRequest, token: String?) -> HTTPHeaders {
        var headers: HTTPHeaders = ["Accept": request.accept, "User-Agent": configuration.userAgent]
        if let contentType = request.contentType { headers.set("Content-Type", contentType) }
        if let token { headers.set("Authorization", "Bearer \(token)") }
        return headers
    }

    private func record(_ request: APIRequest, code: Int?, since start: Duration) {
        metrics?.sent(
            method: request.method, verb: request.operation.verb, code: code, took: time.monotonicNow() - start)
    }

    /// Seconds or an HTTP date (RFC 9110, 10.2.3).
    private func retryAfter(_ headers: HTTPHeaders) -> Duration? {
        guard let text = headers.first("Retry-After") else { return nil }
        if let seconds = Int64(text), seconds >= 0 { return .seconds(seconds) }
        return Timestamp(httpDate: text).map { max($0 - time.wallNow(), .zero) }
    }

    private func pause(_ wait: Duration, _ operation: Operation) async throws(KubernetesError) {
        do {
            try await time.sleep(for: wait)
        } catch {
            throw KubernetesError(operation, .transport(.cancelled))
        }
    }

    private static let statusLimit = 1 << 20
}
