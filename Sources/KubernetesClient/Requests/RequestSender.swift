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
    private let identities: IdentitySource
    private let metrics: RequestMetrics?
    private let generator: Locked<SeededGenerator>

    init(
        configuration: ClientConfiguration, identities: IdentitySource, transport: any HTTPTransport,
        time: any TimeSource, logger: Logger, metrics: MetricsRegistry?, seed: UInt64
    ) {
        self.configuration = configuration
        self.identities = identities
        self.transport = transport
        self.time = time
        self.logger = logger
        self.metrics = metrics.map { RequestMetrics($0, server: configuration.server) }
        generator = Locked(SeededGenerator(seed: seed))
    }

    /// Sends and reads the whole body.
    func bytes(_ request: APIRequest) async throws(KubernetesError) -> [UInt8] {
        try await repeated(request) { request throws(KubernetesError) in try await wholeBody(request) }
    }

    /// Runs `body`, and again where the request permits that and it may help.
    func repeated<Value>(
        _ request: APIRequest, _ body: (APIRequest) async throws(KubernetesError) -> Value
    ) async throws(KubernetesError) -> Value {
        var policy = RetryPolicy(request.repeatability)
        while true {
            do throws(KubernetesError) {
                return try await body(request)
            } catch {
                guard let wait = generator.withLock({ policy.wait(after: error, using: &$0) }) else { throw error }
                metrics?.repeated(method: request.method, code: error.status?.code)
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
            let bytes = try await response.body.collect(upTo: request.responseLimit)
            metrics?.read(method: request.method, bytes: bytes.count)
            return bytes
        } catch {
            throw KubernetesError(request.operation, .transport(error))
        }
    }

    /// Sends once, with a second try when another identity may help; the body of a success is still to be read.
    func attempt(_ request: APIRequest) async throws(KubernetesError) -> HTTPResponse {
        try await identified { identity throws(KubernetesError) in try await exchange(request, identity) }
    }

    /// Runs `body` under our identity and, when that is refused and there is another one by now, once more.
    private func identified<Value>(
        _ body: (Identity) async throws(KubernetesError) -> Value
    ) async throws(KubernetesError) -> Value {
        let identity = try await identities.current()
        do throws(KubernetesError) {
            return try await body(identity)
        } catch {
            let other: Identity?
            switch error.kind {
            case .unauthorized: other = try await identities.renewed(after: identity)
            // Nothing was sent: a certificate that has been replaced on disk can be shown instead.
            case .transport(.tls): other = identities.withNewCertificates(identity)
            default: other = nil
            }
            guard let other else { throw error }
            return try await body(other)
        }
    }

    /// Opens a WebSocket under our identity.
    func webSocket(
        _ request: APIRequest, subprotocols: [String]
    ) async throws(KubernetesError) -> any WebSocketConnection {
        try await identified { identity throws(KubernetesError) in
            try await connect(request, subprotocols, identity)
        }
    }

    func random(in range: ClosedRange<Int>) -> Int {
        generator.withLock { Int.random(in: range, using: &$0) }
    }

    private func exchange(_ request: APIRequest, _ identity: Identity) async throws(KubernetesError) -> HTTPResponse {
        let start = time.monotonicNow()
        let response: HTTPResponse
        do {
            response = try await transport.send(http(request, identity))
        } catch {
            record(request, code: nil, since: start)
            throw KubernetesError(request.operation, .transport(error))
        }
        record(request, code: response.status, since: start)
        if let took = response.nameLookup { metrics?.lookedUp(took: took) }
        report(APIWarning.all(in: response.headers), of: request)
        let isUnchanged = response.status == 304 && request.knownETag != nil
        if (200..<300).contains(response.status) || isUnchanged { return response }
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
        _ request: APIRequest, _ subprotocols: [String], _ identity: Identity
    ) async throws(KubernetesError) -> any WebSocketConnection {
        let start = time.monotonicNow()
        do {
            let connection = try await transport.connectWebSocket(
                WebSocketRequest(
                    url: configuration.server + request.target, headers: headers(request, identity),
                    subprotocols: subprotocols, tls: identity.tls, proxy: configuration.proxy))
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

    private func http(_ request: APIRequest, _ identity: Identity) -> HTTPRequest {
        HTTPRequest(
            method: request.method, url: configuration.server + request.target,
            headers: headers(request, identity), body: request.body, tls: identity.tls, proxy: configuration.proxy,
            pool: pool(of: request),
            connectTimeout: .seconds(10), idleTimeout: request.idleTimeout, totalTimeout: request.totalTimeout,
            responseLimit: request.responseLimit)
    }

    /// A renewal must not queue behind anything else: losing a lease for that stops the work it stands for.
    private func pool(of request: APIRequest) -> HTTPPool {
        request.pool == .request && request.operation.resource == .leases ? .lease : request.pool
    }

    private func headers(_ request: APIRequest, _ identity: Identity) -> HTTPHeaders {
        var headers: HTTPHeaders = ["Accept": request.accept, "User-Agent": configuration.userAgent]
        if let contentType = request.contentType { headers.set("Content-Type", contentType) }
        if let tag = request.knownETag { headers.set("If-None-Match", tag) }
        if let authorization = identity.authorization { headers.set("Authorization", authorization) }
        configuration.impersonation?.apply(to: &headers)
        return headers
    }

    /// Whoever made the request may want to know; if not, the log is the only place where anybody ever sees it.
    private func report(_ warnings: [APIWarning], of request: APIRequest) {
        for warning in warnings {
            if let handler = request.onWarning {
                handler(warning)
            } else {
                logger.warning("the API server warns", ["operation": "\(request.operation)", "warning": "\(warning)"])
            }
        }
    }

    private func record(_ request: APIRequest, code: Int?, since start: Duration) {
        metrics?.sent(
            method: request.method, bytes: request.body.count, code: code, took: time.monotonicNow() - start)
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
