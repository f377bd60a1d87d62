internal import Primitives

/// The signals of a process so far, told whole to everybody who asks.
///
/// Invariants: every listener hears all of them in order, from the first; more than `limit` carry no news and are dropped;
/// after `finish` every listener comes to its end.
final class HeardSignals: Sendable {
    private struct State {
        var signals: [Signal] = []
        var listeners: [UInt64: AsyncStream<Signal>.Continuation] = [:]
        var nextListener: UInt64 = 0
        var isFinished = false
    }

    /// The first stops in order, the second at once: a third says nothing that the second has not said.
    private static let limit = 8

    private let state = Locked(State())

    func note(_ signal: Signal) {
        state.withLock { state in
            guard state.signals.count < Self.limit else { return }
            state.signals.append(signal)
            for listener in state.listeners.values { listener.yield(signal) }
        }
    }

    func finish() {
        let listeners = state.withLock { state in
            state.isFinished = true
            defer { state.listeners = [:] }
            return state.listeners
        }
        for listener in listeners.values { listener.finish() }
    }

    func stream() -> AsyncStream<Signal> {
        let (stream, continuation) = AsyncStream<Signal>.makeStream(bufferingPolicy: .bufferingOldest(Self.limit))
        let (ticket, isFinished) = state.withLock { state in
            state.nextListener += 1
            for signal in state.signals { continuation.yield(signal) }
            if !state.isFinished { state.listeners[state.nextListener] = continuation }
            return (state.nextListener, state.isFinished)
        }
        if isFinished { continuation.finish() }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.listeners.removeValue(forKey: ticket) }
        }
        return stream
    }
}
