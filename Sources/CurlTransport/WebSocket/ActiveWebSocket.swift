internal import CCurl
internal import CLinux
internal import HTTP
internal import Primitives

/// The half of a WebSocket that libcurl sees: a connect-only handle with our own framing over it.
///
/// Invariants: the handle stays in its pool as long as the WebSocket lives, because libcurl refuses to send on a detached
/// one (curl#9244); once connected, the descriptor is in the epoll exactly while there is something to wait for; at most one
/// pong waits to be sent.
final class ActiveWebSocket {
    private static let farewellTime: Duration = .seconds(1)
    private static let readSize = 32 << 10
    /// Then the other sockets of the loop have their turn.
    private static let readsPerTurn = 32

    let session: WebSocketSession
    let easy: EasyHandle
    private(set) var descriptor: Int32 = -1
    /// When the connection must be open, or must be gone once it is closing; else when to look whether the server lives.
    private(set) var deadline: Duration?
    private var lastHeard: Duration
    private var pong: [UInt8]?
    private var machine: WebSocketMachine
    private var outbound: [UInt8]
    private var sent = 0
    /// Whether anything of the handshake has left: the server may act on it, although it does not answer.
    private var hasSent = false
    /// Messages in `outbound` and where each ends, counted from the start of `outbound`.
    private var marks: [(end: Int, number: UInt64)] = []
    private var interest: UInt32 = 0
    private(set) var isClosing = false
    private(set) var hasEnded = false

    init?(_ session: WebSocketSession, pool: CurlPool, now: Duration) {
        let request = session.request
        guard let target = RequestTarget(request.url) else { return nil }
        let destination = Destination(
            target, tls: request.tls, connectTimeout: request.connectTimeout, refusesLinkLocal: false,
            proxy: request.proxy)
        guard let easy = pool.handle(for: destination) else { return nil }
        var generator = SystemRandomNumberGenerator()
        let nonce = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        let handshake = WebSocketHandshake(request, target: target, nonce: nonce)
        self.session = session
        self.easy = easy
        outbound = handshake.requestBytes
        machine = WebSocketMachine(handshake: handshake, messageLimit: request.messageLimit) {
            var generator = SystemRandomNumberGenerator()
            return UInt32.random(in: .min ... .max, using: &generator)
        }
        deadline = now + request.connectTimeout
        lastHeard = now
        // The handshake names the host itself, as the address does even where TLS uses another name.
        easy.set(CURLOPT_URL, target.url(host: destination.tlsName))
        easy.set(CURLOPT_CONNECT_ONLY, 1)
        // The proxy is asked to connect and no more: a WebSocket needs the connection as it is.
        if request.proxy != nil { easy.set(CURLOPT_HTTPPROXYTUNNEL, 1) }
        // A connect-only connection is never used again, and closes with its handle; FORBID_REUSE would close it now.
        easy.set(CURLOPT_FRESH_CONNECT, 1)
    }

    var refusal: HTTPError? {
        easy.refusal == CURLE_OK ? nil : .invalidRequest(easy.detail(for: easy.refusal))
    }

    var isOpen: Bool { machine.isOpen }

    /// libcurl has connected, or could not.
    func connected(_ code: CURLcode) {
        let result = CurlFailure(
            code: code, detail: easy.detail(for: code), isConnected: false, hasSent: false, bytesSeen: false)
        if let error = result.error {
            finish(error)
            return
        }
        // Nothing has been sent yet; connecting may have taken longer than the right to send lasted.
        guard mayBeSent else { return finish(.notPermitted) }
        descriptor = aiops_easy_get_socket(easy.pointer)
        if descriptor < 0 { finish(.connect("the connection was gone at once")) }
    }

    /// Moves what can be moved without waiting, both ways, and sets what to wait for.
    func pump(epoll: Int32, now: Duration) {
        guard descriptor >= 0, !hasEnded else { return }
        takeOutgoing(now)
        flush()
        var reads = 0
        while !hasEnded, isClosing || session.hasRoom() {
            // What TLS has decrypted already no epoll reports, so the loop is asked to come back.
            guard reads < Self.readsPerTurn else {
                session.requestAttention()
                break
            }
            guard read(now) else { break }
            reads += 1
            flush()
        }
        wait(in: epoll)
    }

    /// The deadline has come: opening or the goodbye took too long, or the server must be asked whether it lives.
    func expire(epoll: Int32, now: Duration) {
        guard machine.isOpen, !isClosing else {
            return finish(isClosing ? nil : .timedOut(hasSent ? .firstByte : .connecting))
        }
        // While nobody reads, the server's answers wait in the kernel: that is no silence.
        if !session.hasRoom() { lastHeard = now }
        guard now - lastHeard < session.request.silenceLimit else { return finish(.timedOut(.idle)) }
        if let interval = session.request.pingInterval {
            if now - lastHeard >= interval { outbound += machine.ping() }
            deadline = now + interval
        }
        pump(epoll: epoll, now: now)
    }

    func finish(_ error: HTTPError?) {
        guard !hasEnded else { return }
        hasEnded = true
        session.finish(error)
    }

    func forget(epoll: Int32) {
        guard interest != 0 else { return }
        interest = 0
        aiops_epoll_control(epoll, EPOLL_CTL_DEL, descriptor, 0, 0)
    }

    /// Asked whenever somebody's bytes are about to leave; the goodbye needs no right.
    private var mayBeSent: Bool { session.request.permit?.isValid != false }

    private func takeOutgoing(_ now: Duration) {
        guard machine.isOpen, !isClosing else { return }
        for message in session.takeOutgoing() {
            guard mayBeSent else { return finish(.notPermitted) }
            outbound += machine.encode(message.payload)
            marks.append((outbound.count, message.number))
        }
        if session.wantsClose {
            outbound += machine.close()
            isClosing = true
            deadline = now + Self.farewellTime
        }
    }

    private func flush() {
        if sent == outbound.count, let pong {
            outbound += pong
            self.pong = nil
        }
        while !hasEnded, sent < outbound.count {
            var count = 0
            let code = outbound[sent...].withUnsafeBytes {
                curl_easy_send(easy.pointer, $0.baseAddress, $0.count, &count)
            }
            if code == CURLE_AGAIN { break }
            guard code == CURLE_OK else {
                finish(.reset(bytesSeen: machine.isOpen, easy.detail(for: code)))
                return
            }
            sent += count
            hasSent = true
        }
        while let first = marks.first, first.end <= sent {
            session.answer(send: first.number, .success(()))
            marks.removeFirst()
        }
        if sent == outbound.count {
            outbound.removeAll(keepingCapacity: outbound.count < 64 << 10)
            sent = 0
        }
    }

    /// Whether there may be more to read now.
    private func read(_ now: Duration) -> Bool {
        var code = CURLE_OK
        let piece = [UInt8](unsafeUninitializedCapacity: Self.readSize) { buffer, count in
            code = curl_easy_recv(easy.pointer, buffer.baseAddress, buffer.count, &count)
        }
        if code == CURLE_AGAIN { return false }
        if code == CURLE_OK, !piece.isEmpty {
            lastHeard = now
            handle(machine.receive(piece), now)
        } else {
            handle(machine.end(), now)
        }
        return !hasEnded
    }

    private func handle(_ events: [WebSocketMachine.Event], _ now: Duration) {
        for event in events {
            switch event {
            case .opened(let subprotocol):
                deadline = session.request.pingInterval.map { now + $0 }
                session.answer(opening: .success(subprotocol))
            // After our goodbye nobody waits for more.
            case .message(let message): if !isClosing { session.deliver(message) }
            case .transmit(let bytes): outbound += bytes
            case .pong(let bytes): pong = bytes
            case .closed: farewell(nil)
            case .failed(let error): farewell(isClosing ? nil : error)
            }
        }
    }

    /// The end: what is in `outbound` is tried once more, but nobody waits for it.
    private func farewell(_ error: HTTPError?) {
        flush()
        finish(error)
    }

    private func wait(in epoll: Int32) {
        guard !hasEnded else { return forget(epoll: epoll) }
        var wanted: UInt32 = 0
        if sent < outbound.count { wanted |= aiops_epoll_out }
        if isClosing || session.hasRoom() { wanted |= aiops_epoll_in }
        guard wanted != interest else { return }
        // Without interest it is taken out: the kernel reports errors even to those who asked for nothing, for ever.
        guard wanted != 0 else { return forget(epoll: epoll) }
        let token = LoopToken.webSocket(descriptor: descriptor).raw
        let operation = interest == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD
        if aiops_epoll_control(epoll, operation, descriptor, wanted, token) != 0 {
            finish(.connect("the connection cannot be watched"))
        }
        interest = wanted
    }
}
