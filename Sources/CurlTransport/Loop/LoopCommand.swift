/// What tasks ask of the loop thread.
enum LoopCommand: Sendable {
    case start(Exchange)
    /// The reader of a paused body has caught up.
    case resume(ExchangeID)
    /// Take the exchange or WebSocket off the wire; unknown ids are those that have ended.
    case remove(ExchangeID)
    case stop
}

/// Names an exchange or a WebSocket; never used twice in one transport.
struct ExchangeID: Sendable, Hashable, Comparable {
    var number: UInt64

    static func < (left: ExchangeID, right: ExchangeID) -> Bool { left.number < right.number }
}
