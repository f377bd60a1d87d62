internal import CCurl
internal import CLinux
internal import HTTP
internal import Primitives

/// The half of a WebSocket that libcurl sees: a connect-only handle with our own framing over it.
///
/// Invariants: the handle stays in its pool as long as the WebSocket lives, because libcurl refuses to send on a detached
/// one (curl#9244); once connected, the descriptor is in the epoll exactly while there is something to wait for.
final class ActiveWebSocket {
    private static let farewellTime: Duration = .seconds(1)

    let session: WebSocketSession
    let easy: EasyHandle
    private(set) var descriptor: Int32 = -1
    /// When the connection must be open, or must be gone once it is closing.
    private(set) var deadline: Duration?
    private var machine: WebSocketMachine
    private var outbound: [UInt8]
    private var sent = 0
    /// Messages in `outbound` and where each ends, counted from the start of `outbound`.
    private var marks: [(end: Int, number: UInt64)] = []
    private var interest: UInt32 = 0
    private var isClosing = false
    private(set) var hasEnded = false

    init?(_ session: WebSocketSession, proxies: CurlConfiguration.Proxies, now: Duration) {
        let request = session.request
        guard let easy = EasyHandle(), let target = RequestTarget(request.url) else { return nil }
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
        // The handshake names the host itself, as the address does even where TLS uses another name.
        _ = easy.setConnection(
            to: target, tls: request.tls, connectTimeout: request.connectTimeout, proxies: proxies)
        easy.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        easy.set(CURLOPT_CONNECT_ONLY, 1)
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
            code: code, detail: easy.detail(for: code), isConnected: false, bytesSeen: false)
        if let error = result.error {
            finish(error)
            return
        }
        descriptor = aiops_easy_get_socket(easy.pointer)
        if descriptor < 0 { finish(.connect("the connection was gone at once")) }
    }

    /// Moves what can be moved without waiting, both ways, and sets what to wait for.
    func pump(epoll: Int32, now: Duration) {
        guard descriptor >= 0, !hasEnded else { return }
        takeOutgoing(now)
        flush()
        while !hasEnded, !isClosing, session.hasRoom() {
            guard read() else { break }
            flush()
        }
        if isClosing, !hasEnded, sent == outbound.count { finish(nil) }
        wait(in: epoll)
    }

    /// The time for opening, or for the goodbye, is over.
    func expire() {
        finish(isClosing ? nil : .timedOut(.connecting))
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

    private func takeOutgoing(_ now: Duration) {
        guard machine.isOpen, !isClosing else { return }
        for message in session.takeOutgoing() {
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
    private func read() -> Bool {
        var piece = [UInt8](repeating: 0, count: 32 << 10)
        var count = 0
        let code = curl_easy_recv(easy.pointer, &piece, piece.count, &count)
        if code == CURLE_AGAIN { return false }
        if code == CURLE_OK, count > 0 {
            handle(machine.receive(Array(piece[..<count])))
        } else {
            handle(machine.end())
        }
        return !hasEnded
    }

    private func handle(_ events: [WebSocketMachine.Event]) {
        for event in events {
            switch event {
            case .opened(let subprotocol):
                deadline = nil
                session.answer(opening: .success(subprotocol))
            case .message(let message): session.deliver(message)
            case .transmit(let bytes): outbound += bytes
            case .closed: farewell(nil)
            case .failed(let error): farewell(error)
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
        if !isClosing, session.hasRoom() { wanted |= aiops_epoll_in }
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
