internal import HTTP

/// What tasks ask of the loop thread.
enum LoopCommand: Sendable {
    case start(Exchange)
    /// The reader of a paused body has caught up.
    case resume(ExchangeID)
    /// Take the exchange or WebSocket off the wire; unknown ids are those that have ended.
    case remove(ExchangeID)
    case open(WebSocketSession)
    /// Nobody holds the WebSocket any more; a goodbye under way is still finished.
    case release(ExchangeID)
    /// There is something to send, to close, or room to receive.
    case attend(ExchangeID)
    case stop

    /// Answers whoever waits for a command that the loop will not execute any more.
    func refuse() {
        switch self {
        case .start(let exchange): exchange.finish(.stopped)
        case .open(let session): session.finish(.stopped)
        case .resume, .remove, .release, .attend, .stop: break
        }
    }
}

/// Names an exchange or a WebSocket; never used twice in one transport.
struct ExchangeID: Sendable, Hashable, Comparable {
    var number: UInt64

    static func < (left: ExchangeID, right: ExchangeID) -> Bool { left.number < right.number }
}
