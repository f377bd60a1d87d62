internal import CCurl
internal import HTTP

/// The half of an exchange that libcurl sees; only the loop thread touches it.
///
/// Invariants: the callbacks run only inside a call of libcurl by the loop; `failure`, once set, wins over whatever libcurl
/// reports; nothing here calls libcurl from a callback.
final class ActiveExchange {
    let exchange: Exchange
    let easy: EasyHandle
    let pool: CurlPool
    let isSecure: Bool
    let started: Duration
    private(set) var lastActivity: Duration
    private(set) var isPaused = false
    private var head = ResponseHead()
    private var received = 0
    private var bytesSeen = false
    private var failure: HTTPError?

    init?(_ exchange: Exchange, pool: CurlPool, proxies: CurlConfiguration.Proxies, now: Duration) {
        guard let easy = EasyHandle(), let target = RequestTarget(exchange.request.url) else { return nil }
        self.exchange = exchange
        self.easy = easy
        self.pool = pool
        isSecure = target.isSecure
        started = now
        lastActivity = now
        configure(target, proxies)
    }

    /// Why libcurl would not take the request, if it did not.
    var refusal: HTTPError? {
        easy.refusal == CURLE_OK ? nil : .invalidRequest(easy.detail(for: easy.refusal))
    }

    /// When a time limit may next be over.
    var deadline: Duration? {
        let request = exchange.request
        let idle = request.idleTimeout.map { lastActivity + $0 }
        let total = request.totalTimeout.map { started + $0 }
        return [idle, total].compactMap { $0 }.min()
    }

    /// The limit that is over.
    ///
    /// Silence counts only while we listen.
    func timeout(at now: Duration) -> HTTPError? {
        let request = exchange.request
        if let total = request.totalTimeout, now - started >= total { return .timedOut(.total) }
        if let idle = request.idleTimeout, now - lastActivity >= idle {
            guard isPaused else { return .timedOut(.idle) }
            lastActivity = now
        }
        return nil
    }

    func resume(at now: Duration) {
        guard isPaused else { return }
        isPaused = false
        lastActivity = now
        curl_easy_pause(easy.pointer, CURLPAUSE_CONT)
    }

    /// Tells whoever waits that libcurl has ended with this code.
    func finish(_ code: CURLcode) {
        let result = CurlFailure(
            code: code, detail: easy.detail(for: code), isConnected: easy.isConnected || bytesSeen, bytesSeen: bytesSeen
        )
        exchange.finish(failure ?? result.error)
    }

    private func configure(_ target: RequestTarget, _ proxies: CurlConfiguration.Proxies) {
        let request = exchange.request
        var headers = request.headers
        let host = easy.setConnection(
            to: target, tls: request.tls, connectTimeout: request.connectTimeout, proxies: proxies)
        if let host, headers.first("Host") == nil { headers.set("Host", host) }
        if pool.kind.isMultiplexed, target.isSecure {
            easy.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
            easy.set(CURLOPT_PIPEWAIT, 1)
        } else {
            easy.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        }
        setMethod(request)
        var lines = headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        // Switch off what libcurl would add on its own.
        for name in ["Accept", "Expect", "Content-Type"] where headers.first(name) == nil { lines.append("\(name):") }
        easy.set(CURLOPT_HTTPHEADER, list: lines)
        let context = Unmanaged.passUnretained(self).toOpaque()
        easy.keep(aiops_easy_set_pointer(easy.pointer, CURLOPT_PRIVATE, context))
        easy.keep(aiops_easy_on_header(easy.pointer, Self.onHeader, context))
        easy.keep(aiops_easy_on_write(easy.pointer, Self.onWrite, context))
        if request.permit != nil { easy.keep(aiops_easy_before_request(easy.pointer, Self.beforeRequest, context)) }
    }

    private func setMethod(_ request: HTTPRequest) {
        if request.method == "HEAD" {
            easy.set(CURLOPT_NOBODY, 1)
        } else if !request.body.isEmpty || ["POST", "PUT", "PATCH"].contains(request.method) {
            easy.set(CURLOPT_POST, 1)
            easy.set(body: request.body)
        }
        easy.set(CURLOPT_CUSTOMREQUEST, request.method)
    }

    private func take(header line: UnsafeRawBufferPointer) -> Bool {
        touch()
        let wasComplete = head.isComplete
        guard head.add(line) else {
            failure = .protocolViolation("the head of the response is malformed or too large")
            return false
        }
        if head.isComplete, !wasComplete {
            pool.note(httpVersion: aiops_easy_get_long(easy.pointer, CURLINFO_HTTP_VERSION))
            exchange.answerHead(status: head.status, headers: head.headers)
        }
        return true
    }

    private func take(body piece: UnsafeRawBufferPointer) -> Int {
        touch()
        let limit = exchange.request.responseLimit
        guard piece.count <= limit - received else {
            failure = .tooLarge(limit: limit)
            return 0
        }
        switch exchange.body.offer(piece) {
        case .accepted:
            received += piece.count
            return piece.count
        case .refused:
            isPaused = true
            return aiops_write_pause
        case .unwanted:
            failure = exchange.body.failure ?? .cancelled
            return 0
        }
    }

    private func touch() {
        bytesSeen = true
        lastActivity = LoopClock.now()
    }

    /// The connection may have taken its time; the first byte leaves only if it still may.
    private static let beforeRequest: aiops_before_request_callback = { context, _, _, _, _ in
        guard let context else { return CURL_PREREQFUNC_ABORT }
        let active = Unmanaged<ActiveExchange>.fromOpaque(context).takeUnretainedValue()
        guard active.exchange.request.permit?.isValid == false else { return CURL_PREREQFUNC_OK }
        active.failure = .notPermitted
        return CURL_PREREQFUNC_ABORT
    }

    private static let onHeader: aiops_data_callback = { bytes, size, count, context in
        guard let bytes, let context else { return 0 }
        let active = Unmanaged<ActiveExchange>.fromOpaque(context).takeUnretainedValue()
        let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
        return active.take(header: line) ? line.count : 0
    }

    private static let onWrite: aiops_data_callback = { bytes, size, count, context in
        guard let bytes, let context else { return 0 }
        let active = Unmanaged<ActiveExchange>.fromOpaque(context).takeUnretainedValue()
        return active.take(body: UnsafeRawBufferPointer(start: bytes, count: size * count))
    }
}
