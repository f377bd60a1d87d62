internal import CCurl
internal import CLinux

/// Owns one libcurl multi handle, which shares the loop's epoll; only the loop thread touches it.
///
/// Invariants: every socket libcurl asked for is registered in `epoll` under this pool's number; `deadline` is what
/// libcurl asked for last. The cap on connections is never below what the open watches need, because libcurl lets the
/// surplus wait without a word.
final class CurlPool {
    private static let streamsPerConnection = 100

    let kind: PoolKind
    let multi: UnsafeMutableRawPointer
    private(set) var deadline: Duration?
    private let epoll: Int32
    private let leastConnections: Int
    private var active = 0
    private var isSingleFile = false

    init?(_ kind: PoolKind, epoll: Int32, configuration: CurlConfiguration) {
        guard let multi = curl_multi_init() else { return nil }
        self.kind = kind
        self.multi = multi
        self.epoll = epoll
        leastConnections = kind.connections(configuration)
        let context = Unmanaged.passUnretained(self).toOpaque()
        aiops_multi_on_poll(multi, Self.onPoll, context)
        aiops_multi_on_timer(multi, Self.onTimer, context)
        aiops_multi_set_long(
            multi, CURLMOPT_PIPELINING, kind.isMultiplexed ? Int(CURLPIPE_MULTIPLEX) : Int(CURLPIPE_NOTHING))
        aiops_multi_set_long(multi, CURLMOPT_MAX_CONCURRENT_STREAMS, Self.streamsPerConnection)
        aiops_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, leastConnections)
    }

    deinit {
        // Closing the kept connections must not reach back here: this object and the epoll are going away.
        aiops_multi_on_poll(multi, nil, nil)
        aiops_multi_on_timer(multi, nil, nil)
        curl_multi_cleanup(multi)
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

    /// Called from a callback, so that the cap changes only with the next exchange: a server that does not multiplex needs
    /// a connection for each watch.
    func note(httpVersion: Int) {
        if httpVersion != 0, httpVersion < Int(CURL_HTTP_VERSION_2_0) { isSingleFile = true }
    }

    func act(on descriptor: Int32, events: UInt32) {
        var mask: Int32 = 0
        if events & aiops_epoll_in != 0 { mask |= CURL_CSELECT_IN }
        if events & aiops_epoll_out != 0 { mask |= CURL_CSELECT_OUT }
        if events & aiops_epoll_error != 0 { mask |= CURL_CSELECT_ERR }
        var running: Int32 = 0
        curl_multi_socket_action(multi, descriptor, mask, &running)
    }

    func actOnTimer(at now: Duration) {
        guard let deadline, deadline <= now else { return }
        self.deadline = nil
        var running: Int32 = 0
        curl_multi_socket_action(multi, aiops_socket_timeout, 0, &running)
    }

    /// The next handle that has ended, still attached.
    func nextDone() -> (easy: UnsafeMutableRawPointer, code: CURLcode)? {
        var code = CURLE_OK
        return aiops_multi_next_done(multi, &code).map { ($0, code) }
    }

    /// Moves a descriptor's events to the loop's epoll; `token` says whose they are.
    private func register(_ descriptor: Int32, _ events: UInt32) {
        let token = LoopToken.pool(kind, descriptor: descriptor).raw
        if aiops_epoll_control(epoll, EPOLL_CTL_MOD, descriptor, events, token) != 0 {
            aiops_epoll_control(epoll, EPOLL_CTL_ADD, descriptor, events, token)
        }
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
        case CURL_POLL_IN: pool.register(descriptor, aiops_epoll_in)
        case CURL_POLL_OUT: pool.register(descriptor, aiops_epoll_out)
        case CURL_POLL_INOUT: pool.register(descriptor, aiops_epoll_in | aiops_epoll_out)
        // Fails when libcurl has closed it already; then the kernel has removed it.
        default: aiops_epoll_control(pool.epoll, EPOLL_CTL_DEL, descriptor, 0, 0)
        }
        return 0
    }

    private static let onTimer: aiops_timer_callback = { _, milliseconds, context in
        guard let context else { return 0 }
        let pool = Unmanaged<CurlPool>.fromOpaque(context).takeUnretainedValue()
        pool.deadline = milliseconds < 0 ? nil : LoopClock.now() + .milliseconds(milliseconds)
        return 0
    }
}
