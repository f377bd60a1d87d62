internal import HTTP
internal import Primitives

/// The half of an exchange that tasks see: the request, the promise of a head, and the body's queue.
///
/// Invariants: the head is answered exactly once; nothing arrives in the body before the head was answered with success.
final class Exchange: Sendable {
    typealias HeadResult = Result<HTTPResponse, HTTPError>

    private enum Head {
        case idle
        case awaited(CheckedContinuation<HeadResult, Never>)
        case answered(HeadResult?)
    }

    let id: ExchangeID
    let request: HTTPRequest
    let target: RequestTarget
    let body: BodyQueue
    private let head = Locked(Head.idle)

    init(
        id: ExchangeID, request: HTTPRequest, target: RequestTarget, configuration: CurlConfiguration, mailbox: Mailbox
    ) {
        self.id = id
        self.request = request
        self.target = target
        let isWatch = request.pool == .watch
        body = BodyQueue(
            limit: isWatch ? configuration.watchBuffer : configuration.bodyBuffer,
            whenFull: isWatch ? .fail : .pause
        ) { signal in
            switch signal {
            case .drained: mailbox.post(.resume(id))
            case .abandoned(wasOpen: true): mailbox.post(.remove(id))
            // The loop knows it no more: waking it would cost as much as a tenth of a small request.
            case .abandoned: break
            }
        }
    }

    /// Nobody waits for this exchange any more; it need not be started.
    var isAnswered: Bool {
        head.withLock { if case .answered = $0 { true } else { false } }
    }

    func awaitHead(_ continuation: CheckedContinuation<HeadResult, Never>) {
        let early: HeadResult? = head.withLock { head in
            if case .answered(let result) = head { return result }
            head = .awaited(continuation)
            return nil
        }
        if let early { continuation.resume(returning: early) }
    }

    func answerHead(status: Int, headers: HTTPHeaders, nameLookup: Duration?) {
        guard !isAnswered else { return }
        var response = HTTPResponse(status: status, headers: headers, body: HTTPBody(body))
        response.nameLookup = nameLookup
        answer(.success(response))
    }

    /// Ends the exchange with an error, or in order: whoever waits for head or body learns it.
    func finish(_ error: HTTPError?) {
        answer(.failure(error ?? .protocolViolation("the response has no head")))
        body.finish(error)
    }

    private func answer(_ result: HeadResult) {
        let waiting: CheckedContinuation<HeadResult, Never>? = head.withLock { head in
            switch head {
            case .idle:
                head = .answered(result)
                return nil
            case .awaited(let continuation):
                head = .answered(nil)
                return continuation
            case .answered: return nil
            }
        }
        waiting?.resume(returning: result)
    }
}
