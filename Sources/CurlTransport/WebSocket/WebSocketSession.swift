internal import HTTP
internal import Primitives

/// The half of a WebSocket that tasks see.
///
/// Invariants: opening is answered exactly once; every send is answered exactly once; `reader` waits only while `inbox` is
/// empty and there is no end. The inbox may pass its bound by what one read of the socket brought.
final class WebSocketSession: Sendable {
    typealias Opening = Result<String?, HTTPError>
    private typealias Reader = CheckedContinuation<Void, Never>
    typealias SendResult = Result<Void, HTTPError>

    struct Outgoing: Sendable {
        var number: UInt64
        var payload: [UInt8]
    }

    private enum Phase {
        case idle
        case awaited(CheckedContinuation<Opening, Never>)
        case answered(Opening)
    }

    private struct State {
        var phase = Phase.idle
        var inbox: [WebSocketMessage] = []
        var inboxBytes = 0
        var wasFull = false
        /// How the WebSocket ended: `success` for an orderly goodbye.
        var end: SendResult?
        var reader: Reader?
        var outbox: [Outgoing] = []
        var senders: [UInt64: CheckedContinuation<SendResult, Never>] = [:]
        var lastSend: UInt64 = 0
        var wantsClose = false
    }

    let id: ExchangeID
    let request: WebSocketRequest
    private let inboxLimit: Int
    private let mailbox: Mailbox
    private let state = Locked(State())

    init(id: ExchangeID, request: WebSocketRequest, inboxLimit: Int, mailbox: Mailbox) {
        self.id = id
        self.request = request
        self.inboxLimit = inboxLimit
        self.mailbox = mailbox
    }
}

// What tasks call.
extension WebSocketSession {
    func awaitOpening(_ continuation: CheckedContinuation<Opening, Never>) {
        let early: Opening? = state.withLock { state in
            if case .answered(let result) = state.phase { return result }
            state.phase = .awaited(continuation)
            return nil
        }
        if let early { continuation.resume(returning: early) }
    }

    func send(_ payload: [UInt8]) async throws(HTTPError) {
        let number = state.withLock { state in
            state.lastSend += 1
            return state.lastSend
        }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<SendResult, Never>) in
                let refusal: SendResult? = state.withLock { state in
                    guard state.end == nil, !state.wantsClose else {
                        return .failure(state.end?.error ?? .reset(bytesSeen: true, "the WebSocket is closed"))
                    }
                    guard !Task.isCancelled else { return .failure(.cancelled) }
                    state.outbox.append(Outgoing(number: number, payload: payload))
                    state.senders[number] = continuation
                    return nil
                }
                if let refusal { continuation.resume(returning: refusal) }
                mailbox.post(.attend(id))
            }
        } onCancel: {
            // The message may be half on the wire by now; only the wait for it ends.
            answer(send: number, .failure(.cancelled))
        }
        try result.get()
    }

    func receive() async throws(HTTPError) -> WebSocketMessage? {
        while true {
            guard !Task.isCancelled else { throw .cancelled }
            let (message, end, hasRoom) = state.withLock { state in
                let message = state.inbox.isEmpty ? nil : state.inbox.removeFirst()
                if let message { state.inboxBytes -= Self.room(for: message) }
                let hasRoom = state.wasFull && state.inboxBytes < inboxLimit
                if hasRoom { state.wasFull = false }
                return (message, state.end, hasRoom)
            }
            if hasRoom { mailbox.post(.attend(id)) }
            if let message { return message }
            if let end {
                try end.get()
                return nil
            }
            try await waitForChange()
        }
    }

    func requestClose() {
        let isFirst = state.withLock { state in
            defer { state.wantsClose = true }
            return !state.wantsClose
        }
        if isFirst { mailbox.post(.attend(id)) }
    }

    private func waitForChange() async throws(HTTPError) {
        await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: Reader) in
                let isReady = state.withLock { state in
                    guard state.inbox.isEmpty, state.end == nil, state.reader == nil, !Task.isCancelled else {
                        return true
                    }
                    state.reader = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        } onCancel: {
            takeReader()?.resume()
        }
    }

    private func takeReader() -> Reader? {
        state.withLock { state in
            defer { state.reader = nil }
            return state.reader
        }
    }
}

// What the loop calls.
extension WebSocketSession {
    var isAnswered: Bool {
        state.withLock { if case .answered = $0.phase { true } else { false } }
    }

    var wantsClose: Bool { state.withLock { $0.wantsClose } }

    /// What a message takes in the inbox: an empty one takes memory as well.
    private static func room(for message: WebSocketMessage) -> Int { message.byteCount + 64 }

    /// Whether more may be read from the socket; when not, the reader will ask for attention.
    func hasRoom() -> Bool {
        state.withLock { state in
            state.wasFull = state.inboxBytes >= inboxLimit
            return !state.wasFull
        }
    }

    /// From the loop itself, to come back to this socket after the others.
    func requestAttention() { mailbox.post(.attend(id)) }

    func takeOutgoing() -> [Outgoing] {
        state.withLock { state in
            defer { state.outbox = [] }
            return state.outbox
        }
    }

    func answer(opening result: Opening) {
        let waiting: CheckedContinuation<Opening, Never>? = state.withLock { state in
            switch state.phase {
            case .idle:
                state.phase = .answered(result)
                return nil
            case .awaited(let continuation):
                state.phase = .answered(result)
                return continuation
            case .answered: return nil
            }
        }
        waiting?.resume(returning: result)
    }

    func answer(send number: UInt64, _ result: SendResult) {
        state.withLock { $0.senders.removeValue(forKey: number) }?.resume(returning: result)
    }

    func deliver(_ message: WebSocketMessage) {
        state.withLock { state in
            guard state.end == nil else { return }
            state.inbox.append(message)
            state.inboxBytes += Self.room(for: message)
        }
        takeReader()?.resume()
    }

    /// Ends everything that waits; messages that have come are still handed out.
    func finish(_ error: HTTPError?) {
        let result: SendResult = error.map { .failure($0) } ?? .success(())
        answer(opening: .failure(error ?? .reset(bytesSeen: false, "the WebSocket is closed")))
        let senders = state.withLock { state in
            if state.end == nil { state.end = result }
            defer { state.senders = [:] }
            return Array(state.senders.values)
        }
        let failure = SendResult.failure(error ?? .reset(bytesSeen: true, "the WebSocket is closed"))
        for sender in senders { sender.resume(returning: failure) }
        takeReader()?.resume()
    }
}

extension WebSocketMessage {
    fileprivate var byteCount: Int {
        switch self {
        case .binary(let bytes): bytes.count
        case .text(let text): text.utf8.count
        }
    }
}

extension Result<Void, HTTPError> {
    fileprivate var error: HTTPError? {
        if case .failure(let error) = self { error } else { nil }
    }
}
