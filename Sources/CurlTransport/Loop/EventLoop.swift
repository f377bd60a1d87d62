internal import CCurl
internal import CLinux
internal import Glibc
internal import HTTP

/// The one thread that talks to libcurl: an epoll, the pools on it, everything open, and the tasks that run here.
///
/// Invariants: nothing here is touched by another thread; commands and jobs run between calls of libcurl, never within; every id in
/// `exchanges` and `webSockets` is open, and what is open is in exactly one of them.
final class EventLoop {
    private let mailbox: Mailbox
    private let executor: LoopExecutor
    private let configuration: CurlConfiguration
    private let epoll: Int32
    private let pools: [CurlPool]
    private var exchanges: [ExchangeID: ActiveExchange] = [:]
    private var webSockets: [ExchangeID: ActiveWebSocket] = [:]
    /// Connected WebSockets by descriptor.
    private var webSocketIDs: [Int32: ExchangeID] = [:]
    private var deadlines = DeadlineQueue()
    private var permits = PermitWatch()
    /// The time when the last wait ended.
    private var now = LoopClock.now()
    private var isStopping = false
    private var tokens = [UInt64](repeating: 0, count: Int(AIOPS_EPOLL_BATCH))
    private var events = [UInt32](repeating: 0, count: Int(AIOPS_EPOLL_BATCH))

    /// - Throws: The system's error number.
    init(mailbox: Mailbox, executor: LoopExecutor, configuration: CurlConfiguration) throws(LoopFailure) {
        self.mailbox = mailbox
        self.executor = executor
        self.configuration = configuration
        let epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0, mailbox.descriptor >= 0 else { throw LoopFailure(code: errno) }
        self.epoll = epoll
        let pools = PoolKind.allCases.compactMap {
            CurlPool($0, epoll: epoll, configuration: configuration)
        }
        self.pools = pools
        guard pools.count == PoolKind.allCases.count,
            aiops_epoll_control(epoll, EPOLL_CTL_ADD, mailbox.descriptor, aiops_epoll_in, LoopToken.mailbox.raw) == 0
        else { throw LoopFailure(code: ENOMEM) }
    }

    deinit {
        if epoll >= 0 { close(epoll) }
    }

    /// Turns until a `stop` command, then ends everything that is open.
    func run() {
        mailbox.open()
        while !isStopping {
            wait()
            for command in mailbox.take() { execute(command) }
            for pool in pools { pool.actOnTimer() }
            for pool in pools { pool.takeWhatIsHeld() }
            for pool in pools { reap(pool) }
            announce()
            expire(at: now)
            executor.runJobs()
        }
        for command in mailbox.close() { command.refuse() }
        executor.handOverJobs()
        for id in exchanges.keys.sorted() + webSockets.keys.sorted() { remove(id, .stopped) }
    }

    private func wait() {
        let timeout = mailbox.prepareToSleep() ? timeout() : 0
        let count = aiops_epoll_wait(epoll, &tokens, &events, timeout)
        // Before libcurl is called: what its callbacks make ready is taken in this turn.
        mailbox.wakeUp()
        now = LoopClock.now()
        for pool in pools { pool.now = now }
        // First of all: what this thread, or the whole process, slept through must not get one more byte out.
        withdrawUnpermitted(at: now)
        for index in 0..<max(0, Int(count)) {
            switch LoopToken(raw: tokens[index]) {
            case .pool(let kind, let descriptor): pools[kind.rawValue].act(on: descriptor, events: events[index])
            case .webSocket(let descriptor):
                if let id = webSocketIDs[descriptor] { attend(id) }
            case .mailbox: mailbox.clearSignal()
            case nil: break
            }
        }
    }

    /// Wakes those whose response has begun, once libcurl has nothing more to say in this turn.
    private func announce() {
        for pool in pools {
            for id in pool.takeAnnounced() { exchanges[id]?.announceHead() }
        }
    }

    /// Milliseconds until something is due, rounded up so that it is due when the wait ends.
    private func timeout() -> Int32 {
        guard !pools.contains(where: \.mayHoldBytes) else { return 0 }
        var earliest = [deadlines.next, permits.next].compactMap(\.self).min()
        for pool in pools {
            if let due = pool.deadline, earliest.map({ due < $0 }) ?? true { earliest = due }
        }
        guard let first = earliest else { return -1 }
        let now = LoopClock.now()
        guard first > now else { return 0 }
        let (seconds, attoseconds) = min(first - now, .seconds(3_600)).components
        return Int32(clamping: seconds * 1_000 + attoseconds / 1_000_000_000_000_000 + 1)
    }

    private func execute(_ command: LoopCommand) {
        switch command {
        case .start(let exchange): start(exchange)
        case .resume(let id): exchanges[id]?.resume(at: now)
        case .remove(let id): remove(id, .cancelled)
        case .open(let session): open(session)
        case .release(let id): if webSockets[id]?.isClosing != true { remove(id, .cancelled) }
        case .attend(let id): attend(id)
        case .stop: isStopping = true
        }
    }

    private func start(_ exchange: Exchange) {
        guard !exchange.isAnswered else { return }
        guard permits.admit(exchange.request.permit, at: now) else {
            exchange.finish(.notPermitted)
            return
        }
        let pool = pools[PoolKind(for: exchange.request, configuration: configuration).rawValue]
        guard let active = ActiveExchange(exchange, pool: pool, now: now) else {
            exchange.finish(.invalidRequest("libcurl has no handle for it"))
            return
        }
        if let refusal = active.refusal {
            exchange.finish(refusal)
            return
        }
        guard pool.add(active.easy, isSecure: active.destination.isSecure) else {
            exchange.finish(.invalidRequest("libcurl does not take it"))
            return
        }
        exchanges[exchange.id] = active
        if let deadline = active.deadline { deadlines.add(.init(time: deadline, id: exchange.id)) }
        // Nearly all entries belong to exchanges that ended long before their time.
        if deadlines.count > 2 * (exchanges.count + webSockets.count) + 256 {
            deadlines.keep { exchanges[$0.id] != nil || webSockets[$0.id] != nil }
        }
    }

    private func open(_ session: WebSocketSession) {
        guard !session.isAnswered else { return }
        guard permits.admit(session.request.permit, at: now) else {
            session.finish(.notPermitted)
            return
        }
        guard let active = ActiveWebSocket(session, pool: pools[PoolKind.webSocket.rawValue], now: now) else {
            session.finish(.invalidRequest("libcurl has no handle for it"))
            return
        }
        if let refusal = active.refusal {
            session.finish(refusal)
            return
        }
        guard pools[PoolKind.webSocket.rawValue].add(active.easy, isSecure: true) else {
            session.finish(.invalidRequest("libcurl does not take it"))
            return
        }
        webSockets[session.id] = active
        if let deadline = active.deadline { deadlines.add(.init(time: deadline, id: session.id)) }
    }

    private func attend(_ id: ExchangeID) {
        guard let active = webSockets[id] else { return }
        let before = active.deadline
        active.pump(epoll: epoll, now: now)
        follow(active, before: before)
    }

    private func follow(_ active: ActiveWebSocket, before: Duration?) {
        if active.hasEnded {
            drop(active)
        } else if let deadline = active.deadline, deadline != before {
            deadlines.add(.init(time: deadline, id: active.session.id))
        }
    }

    private func drop(_ active: ActiveWebSocket) {
        webSockets[active.session.id] = nil
        webSocketIDs[active.descriptor] = nil
        active.forget(epoll: epoll)
        pools[PoolKind.webSocket.rawValue].remove(active.easy)
    }

    private func remove(_ id: ExchangeID, _ error: HTTPError) {
        if let webSocket = webSockets[id] {
            webSocket.finish(error)
            drop(webSocket)
        }
        guard let active = exchanges.removeValue(forKey: id) else { return }
        active.pool.remove(active.easy)
        active.announceHead()
        active.exchange.finish(error)
        active.pool.recycle(active)
    }

    /// Takes off the wire what has lost the right to be there.
    private func withdrawUnpermitted(at now: Duration) {
        guard permits.isDue(at: now) else { return }
        let requests = exchanges.mapValues(\.exchange.request.permit)
        let sockets = webSockets.mapValues(\.session.request.permit)
        for (id, permit) in requests.merging(sockets, uniquingKeysWith: { first, _ in first })
        where !permits.admit(permit, at: now) {
            remove(id, .notPermitted)
        }
    }

    private func expire(at now: Duration) {
        while let entry = deadlines.take(until: now) {
            if let webSocket = webSockets[entry.id], let deadline = webSocket.deadline, deadline <= now {
                webSocket.expire(epoll: epoll, now: now)
                follow(webSocket, before: deadline)
            }
            guard let active = exchanges[entry.id] else { continue }
            if let error = active.timeout(at: now) {
                remove(entry.id, error)
            } else if let deadline = active.deadline {
                deadlines.add(.init(time: max(deadline, now + .milliseconds(1)), id: entry.id))
            }
        }
    }

    private func reap(_ pool: CurlPool) {
        while let (easy, code) = pool.nextDone() {
            if pool.kind == .webSocket {
                connected(easy, code)
                continue
            }
            guard let context = aiops_easy_get_private(easy) else { continue }
            let active = Unmanaged<ActiveExchange>.fromOpaque(context).takeUnretainedValue()
            exchanges[active.exchange.id] = nil
            // First off the pool, so that the connection is free when the waiting task asks again.
            pool.remove(active.easy)
            active.finish(code)
            pool.recycle(active)
        }
    }

    private func connected(_ easy: UnsafeMutableRawPointer, _ code: CURLcode) {
        guard let active = webSockets.values.first(where: { $0.easy.pointer == easy }) else { return }
        active.connected(code)
        if active.hasEnded {
            drop(active)
        } else {
            webSocketIDs[active.descriptor] = active.session.id
            attend(active.session.id)
        }
    }
}

/// The system refused what the loop needs; `code` is its error number.
package struct LoopFailure: Error, Sendable, Hashable {
    package let code: Int32

    package var isRetryable: Bool { false }
    package var isUserError: Bool { false }
}
