internal import CCurl
internal import CLinux
internal import Glibc
internal import HTTP

/// Owns one libcurl multi handle, which shares the loop's epoll; only the loop thread touches it.
///
/// Invariants: every socket libcurl asked for is registered in `epoll` under this pool's number; `deadline` is what
/// libcurl asked for last. The cap on connections is never below what the open watches need, because libcurl lets the
/// surplus wait without a word; and never absent, because without one libcurl 7.88.1 opens a connection for each request
/// beyond the first connection's streams; the loop does not sleep while libcurl may hold bytes that it has read
/// (`mayHoldBytes`).
final class CurlPool {
    /// What kube-apiserver allows on one connection since 1.27 (`--http2-max-streams-per-connection`).
    static let streamsPerConnection = 100

    let kind: PoolKind
    let multi: UnsafeMutableRawPointer
    private(set) var deadline: Duration?
    /// The time as of the loop's last look at the clock.
    var now = LoopClock.now()
    private let traits: ConnectionTraits
    private let isMultiplexed: Bool
    private let leastConnections: Int
    private var sockets: SocketTable
    private var idle: IdleHandles
    private var active = 0
    private var isSingleFile: Bool
    private var announced: [ExchangeID] = []
    /// Of response bodies, in this turn of the loop.
    private var delivered = 0
    /// Whether libcurl may have read more than it has handed over, and would say nothing of it until the next byte comes in.
    private(set) var mayHoldBytes = false

    init?(_ kind: PoolKind, epoll: Int32, configuration: CurlConfiguration) {
        guard let multi = curl_multi_init() else { return nil }
        self.kind = kind
        self.multi = multi
        traits = kind.traits(configuration)
        isMultiplexed = kind.isMultiplexed(configuration)
        isSingleFile = !isMultiplexed
        sockets = SocketTable(epoll: epoll, kind: kind)
        idle = IdleHandles(limit: kind.idleHandles)
        leastConnections = kind.connections(configuration)
        let context = Unmanaged.passUnretained(self).toOpaque()
        aiops_multi_on_poll(multi, Self.onPoll, context)
        aiops_multi_on_timer(multi, Self.onTimer, context)
        aiops_multi_set_long(multi, CURLMOPT_PIPELINING, Int(isMultiplexed ? CURLPIPE_MULTIPLEX : CURLPIPE_NOTHING))
        aiops_multi_set_long(multi, CURLMOPT_MAX_CONCURRENT_STREAMS, Self.streamsPerConnection)
        aiops_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, leastConnections)
        // By itself libcurl keeps four for each open exchange, so that every burst would connect anew.
        if let kept = kind.keptConnections { aiops_multi_set_long(multi, CURLMOPT_MAXCONNECTS, kept) }
    }

    deinit {
        // Closing the kept connections must not reach back into the epoll, which is going away.
        aiops_multi_on_poll(multi, nil, nil)
        aiops_multi_on_timer(multi, nil, nil)
        idle = IdleHandles(limit: 0)
        curl_multi_cleanup(multi)
    }

    /// A handle that is set up for this destination.
    func handle(for destination: Destination) -> EasyHandle? {
        if let kept = idle.take(destination) {
            kept.forgetOutcome()
            return kept
        }
        guard let easy = EasyHandle() else { return nil }
        var traits = traits
        if isMultiplexed, destination.isSecure {
            easy.set(CURLOPT_PIPEWAIT, 1)
            // libcurl 7.88.1 keeps the RST_STREAM of a cancelled stream back until the connection is used again; when nothing
            // else is on it, only closing it tells the server. A connection in use is not closed by this.
            if kind.isStreaming { easy.set(CURLOPT_FORBID_REUSE, 1) }
        } else {
            traits.version = Int(CURL_HTTP_VERSION_1_1)
        }
        easy.connect(to: destination, as: traits)
        easy.onOpen = { [unowned self] in sockets.opened($0) }
        let context = Unmanaged.passUnretained(self).toOpaque()
        easy.keep(aiops_easy_on_close_socket(easy.pointer, Self.onClose, context))
        return easy
    }

    func add(_ easy: EasyHandle, isSecure: Bool) -> Bool {
        active += 1
        isSingleFile = isSingleFile || !isSecure
        adjustCap()
        if curl_multi_add_handle(multi, easy.pointer) == CURLM_OK { return true }
        active -= 1
        adjustCap()
        return false
    }

    func remove(_ easy: EasyHandle) {
        curl_multi_remove_handle(multi, easy.pointer)
        active -= 1
        adjustCap()
    }

    /// Keeps a removed handle for the next exchange with the same destination.
    func recycle(_ active: ActiveExchange) {
        let easy = active.easy
        guard easy.refusal == CURLE_OK else { return }
        if active.exchange.request.body.count > 4 << 10 { easy.set(body: []) }
        idle.keep(easy, active.destination)
    }

    /// Called from a callback, so that the cap changes only with the next exchange: a server that does not multiplex needs
    /// a connection for each watch.
    func note(httpVersion: Int) {
        if httpVersion != 0, httpVersion < Int(CURL_HTTP_VERSION_2_0) { isSingleFile = true }
    }

    /// Called from a callback: the head of this exchange's response is there.
    func announce(_ id: ExchangeID) {
        announced.append(id)
    }

    func takeAnnounced() -> [ExchangeID] {
        guard !announced.isEmpty else { return [] }
        defer { announced.removeAll(keepingCapacity: true) }
        return announced
    }

    func act(on descriptor: Int32, events: UInt32) {
        guard sockets.admits(descriptor) else { return }
        var mask: Int32 = 0
        if events & aiops_epoll_in != 0 { mask |= CURL_CSELECT_IN }
        if events & aiops_epoll_out != 0 { mask |= CURL_CSELECT_OUT }
        if events & aiops_epoll_error != 0 { mask |= CURL_CSELECT_ERR }
        var running: Int32 = 0
        curl_multi_socket_action(multi, descriptor, mask, &running)
    }

    func actOnTimer() {
        guard let deadline, deadline <= now else { return }
        self.deadline = nil
        var running: Int32 = 0
        curl_multi_socket_action(multi, aiops_socket_timeout, 0, &running)
    }

    /// Bytes of a body have been handed over.
    func note(delivered count: Int) {
        delivered += count
    }

    /// Asks for what libcurl 7.88.1 has read and keeps; once in each turn, until a turn brings nothing.
    ///
    /// It puts the rest of an HTTP/2 frame aside that is larger than the handle's buffer, marks the handle for another turn and,
    /// from the second piece on, does not say when (`cf_h2_recv` sets `drain` and no timer); what it has read behind such a
    /// frame waits as well. An event of 16 KB lay there until the next bookmark, a minute later.
    func takeWhatIsHeld() {
        defer { delivered = 0 }
        guard isMultiplexed else { return }
        guard mayHoldBytes else {
            mayHoldBytes = delivered >= traits.receiveBuffer
            return
        }
        delivered = 0
        for descriptor in sockets.open { act(on: descriptor, events: aiops_epoll_in) }
        mayHoldBytes = delivered > 0
    }

    /// The next handle that has ended, still attached.
    func nextDone() -> (easy: UnsafeMutableRawPointer, code: CURLcode)? {
        var code = CURLE_OK
        return aiops_multi_next_done(multi, &code).map { ($0, code) }
    }

    private func adjustCap() {
        guard kind == .watch else { return }
        let needed = isSingleFile ? active + 1 : active / Self.streamsPerConnection + 2
        aiops_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, max(leastConnections, needed))
    }

    private static let onPoll: aiops_poll_callback = { _, descriptor, what, context, _ in
        guard let context else { return 0 }
        let pool = Unmanaged<CurlPool>.fromOpaque(context).takeUnretainedValue()
        switch what {
        case CURL_POLL_IN: pool.sockets.want(aiops_epoll_in, on: descriptor)
        case CURL_POLL_OUT: pool.sockets.want(aiops_epoll_out, on: descriptor)
        case CURL_POLL_INOUT: pool.sockets.want(aiops_epoll_in | aiops_epoll_out, on: descriptor)
        default: pool.sockets.want(0, on: descriptor)
        }
        return 0
    }

    private static let onTimer: aiops_timer_callback = { _, milliseconds, context in
        guard let context else { return 0 }
        let pool = Unmanaged<CurlPool>.fromOpaque(context).takeUnretainedValue()
        pool.deadline = milliseconds < 0 ? nil : LoopClock.now() + .milliseconds(milliseconds)
        return 0
    }

    private static let onClose: aiops_close_socket_callback = { context, descriptor in
        if let context { Unmanaged<CurlPool>.fromOpaque(context).takeUnretainedValue().sockets.closed(descriptor) }
        return close(descriptor)
    }
}
