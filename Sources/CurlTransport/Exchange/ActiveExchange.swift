internal import CCurl
internal import HTTP

/// The half of an exchange that libcurl sees; only the loop thread touches it.
///
/// Invariants: the callbacks run only inside a call of libcurl by the loop; `failure`, once set, wins over whatever libcurl
/// reports; nothing here changes libcurl's state from a callback; a request that is not a read goes out at most once.
final class ActiveExchange {
    let exchange: Exchange
    let easy: EasyHandle
    let destination: Destination
    let pool: CurlPool
    private let started: Duration
    private var lastActivity: Duration
    /// When the request went out on a connection; `nil` while there is none.
    private(set) var sent: Duration?
    private(set) var isPaused = false
    private var head = ResponseHead()
    private var received = 0
    private var bytesSeen = false
    private var failure: HTTPError?

    init?(_ exchange: Exchange, pool: CurlPool, now: Duration) {
        let request = exchange.request
        destination = Destination(
            exchange.target, tls: request.tls, connectTimeout: request.connectTimeout,
            refusesLinkLocal: request.refusesLinkLocal, proxy: request.proxy)
        guard let easy = pool.handle(for: destination) else { return nil }
        self.exchange = exchange
        self.easy = easy
        self.pool = pool
        started = now
        lastActivity = now
        configure()
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
        let limits = [idle, total, firstByteDeadline, connectionDeadline]
        return limits.lazy.compactMap { $0 }.min()
    }

    /// The limit that is over.
    ///
    /// Silence counts only while we listen.
    func timeout(at now: Duration) -> HTTPError? {
        let request = exchange.request
        if let limit = connectionDeadline, now >= limit { return .timedOut(.connecting) }
        if let limit = firstByteDeadline, sent != nil, now >= limit { return .timedOut(.firstByte) }
        if let total = request.totalTimeout, now - started >= total { return .timedOut(phase(.total)) }
        if let idle = request.idleTimeout, now - lastActivity >= idle {
            guard isPaused else { return .timedOut(phase(.idle)) }
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

    /// Hands the head over, when it has come; not from a callback, so that a response that is all there wakes its reader once.
    func announceHead() {
        guard head.isComplete else { return }
        exchange.answerHead(status: head.status, headers: head.headers, nameLookup: nameLookup)
    }

    /// Tells whoever waits that libcurl has ended with this code.
    func finish(_ code: CURLcode) {
        let result = CurlFailure(
            code: code, detail: easy.detail(for: code), isConnected: sent != nil, hasSent: hasSent,
            hasRefusedAddress: easy.hasRefusedAddress, bytesSeen: bytesSeen)
        let error = failure ?? result.error
        if head.isComplete {
            // The body's end first: who wakes for the head then finds it all there, and is not woken again.
            exchange.body.finish(error)
            announceHead()
        }
        exchange.finish(error)
    }

    private func phase(_ phase: HTTPPhase) -> HTTPPhase { sent == nil ? .connecting : phase }

    private var firstByteDeadline: Duration? {
        guard !bytesSeen, let limit = exchange.request.firstByteTimeout else { return nil }
        // Not sent yet: the earliest it can be over, so that the loop looks again.
        return (sent ?? pool.now) + limit
    }

    /// A watch for which libcurl has no stream left would wait without a word.
    private var connectionDeadline: Duration? {
        guard sent == nil, pool.kind.isStreaming else { return nil }
        return started + exchange.request.connectTimeout
    }

    private var hasSent: Bool { aiops_easy_get_long(easy.pointer, CURLINFO_REQUEST_SIZE) > 0 }

    /// How long the name took to look up, when it was for this exchange.
    private var nameLookup: Duration? {
        guard aiops_easy_get_long(easy.pointer, CURLINFO_NUM_CONNECTS) > 0 else { return nil }
        guard !exchange.target.isAddress else { return nil }
        return .microseconds(aiops_easy_get_offset(easy.pointer, CURLINFO_NAMELOOKUP_TIME_T))
    }

    private func configure() {
        let request = exchange.request
        easy.set(CURLOPT_URL, exchange.target.url(host: destination.tlsName))
        setMethod(request)
        setHeaders(request.headers)
        let context = Unmanaged.passUnretained(self).toOpaque()
        easy.keep(aiops_easy_set_pointer(easy.pointer, CURLOPT_PRIVATE, context))
        easy.keep(aiops_easy_on_header(easy.pointer, Self.onHeader, context))
        easy.keep(aiops_easy_on_write(easy.pointer, Self.onWrite, context))
        easy.keep(aiops_easy_before_request(easy.pointer, Self.beforeRequest, context))
        easy.mayConnect = { [unowned self] in mayGoOn() }
    }

    private func setHeaders(_ headers: HTTPHeaders) {
        guard easy.headers != headers else { return }
        var lines = headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        if destination.tlsName != nil, headers.first("Host") == nil {
            lines.append("Host: \(exchange.target.authority)")
        }
        // Switch off what libcurl would add on its own.
        for name in ["Accept", "Expect", "Content-Type"] where headers.first(name) == nil { lines.append("\(name):") }
        easy.set(CURLOPT_HTTPHEADER, list: lines)
        easy.headers = headers
    }

    private func setMethod(_ request: HTTPRequest) {
        // Also undoes what the request before has set.
        easy.set(CURLOPT_HTTPGET, 1)
        if request.method == "HEAD" {
            easy.set(CURLOPT_NOBODY, 1)
        } else if !request.body.isEmpty || Self.methodsWithBody.contains(request.method) {
            easy.set(CURLOPT_POST, 1)
            easy.set(body: request.body)
        }
        easy.set(CURLOPT_CUSTOMREQUEST, request.method)
    }

    private static let methodsWithBody = ["POST", "PUT", "PATCH"]

    /// Called before the request goes out on a connection.
    private func mayBeSent(to peer: UnsafePointer<CChar>) -> Bool {
        guard easy.permits(peer: peer), mayGoOn() else { return false }
        // The connection may have taken its time; the first byte leaves only if it still may.
        guard exchange.request.permit?.isValid != false else {
            failure = .notPermitted
            return false
        }
        sent = pool.now
        lastActivity = pool.now
        return true
    }

    /// False when libcurl is about to repeat by itself what must not be repeated.
    ///
    /// It repeats, also a POST, whatever it sent on a kept connection that then ended without a word, although the server may
    /// have acted before. A read is let through when the connection ended at once; after seconds of silence it is the link
    /// that is dead, and whoever waits learns that now and not after another attempt to connect.
    private func mayGoOn() -> Bool {
        guard let sent, hasSent else { return true }
        if exchange.request.isRead, pool.now - sent < Self.soon { return true }
        failure = .reset(bytesSeen: false, "a kept connection ended before the response")
        return false
    }

    /// Less than it takes to notice a dead link (`EasyHandle.openSocket`).
    private static let soon = Duration.seconds(5)

    private func take(header line: UnsafeRawBufferPointer) -> Bool {
        touch()
        let wasComplete = head.isComplete
        guard head.add(line) else {
            failure = .protocolViolation("the head of the response is malformed or too large")
            return false
        }
        if head.isComplete, !wasComplete {
            pool.note(httpVersion: aiops_easy_get_long(easy.pointer, CURLINFO_HTTP_VERSION))
            pool.announce(exchange.id)
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
            pool.note(delivered: piece.count)
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
        lastActivity = pool.now
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

    private static let beforeRequest: aiops_before_request_callback = { context, peer, _, _, _ in
        guard let context, let peer else { return aiops_before_request_abort }
        let active = Unmanaged<ActiveExchange>.fromOpaque(context).takeUnretainedValue()
        return active.mayBeSent(to: peer) ? aiops_before_request_ok : aiops_before_request_abort
    }
}

extension HTTPRequest {
    /// Sending it twice does what sending it once does, whatever the server (RFC 9110, 9.2.1); PUT and DELETE promise that
    /// too, but a second DELETE may hit a new object of the same name.
    fileprivate var isRead: Bool { ["GET", "HEAD", "OPTIONS"].contains(method) }
}
