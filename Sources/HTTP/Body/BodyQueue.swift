internal import Primitives

/// A locked `BodyBuffer` with one suspended consumer: the bridge from a C callback to a task.
///
/// Invariant: `waiter` is set only while the buffer has neither bytes nor an end.
package final class BodyQueue: HTTPBodySource {
    package enum Signal: Sendable {
        /// The producer that was refused may offer again.
        case drained
        /// The consumer has gone away; `wasOpen` tells whether the stream had not ended by then.
        case abandoned(wasOpen: Bool)
    }

    private enum Wake { case changed, secondConsumer }
    private typealias Waiter = CheckedContinuation<Wake, Never>

    private struct State {
        var buffer: BodyBuffer
        var waiter: Waiter?
        var isAbandoned = false

        mutating func takeWaiter() -> Waiter? {
            guard buffer.isReady else { return nil }
            defer { waiter = nil }
            return waiter
        }
    }

    private let state: Locked<State>
    private let signal: @Sendable (Signal) -> Void

    /// `signal` is called outside the lock, on whatever thread the consumer's side runs.
    package init(limit: Int, whenFull: BodyBuffer.WhenFull, signal: @escaping @Sendable (Signal) -> Void) {
        state = Locked(State(buffer: BodyBuffer(limit: limit, whenFull: whenFull)))
        self.signal = signal
    }

    /// A queue that holds all its bytes and has ended.
    package convenience init(bytes: [UInt8]) {
        self.init(limit: bytes.count, whenFull: .pause) { _ in }
        _ = offer(bytes)
        finish()
    }

    package func offer(_ piece: UnsafeRawBufferPointer) -> BodyBuffer.Offer {
        guard !piece.isEmpty else { return .accepted }
        return change { $0.offer(piece) }
    }

    package func offer(_ piece: [UInt8]) -> BodyBuffer.Offer {
        piece.withUnsafeBytes { offer($0) }
    }

    /// Ends the stream from the producer's side.
    package func finish(_ error: HTTPError? = nil) {
        change { $0.finish(error) }
    }

    package var failure: HTTPError? {
        state.withLock { $0.buffer.failure }
    }

    package func next() async throws(HTTPError) -> [UInt8]? {
        while true {
            guard !Task.isCancelled else {
                abandon()
                throw .cancelled
            }
            switch state.withLock({ $0.buffer.take() }) {
            case .bytes(let bytes, let resumesProducer):
                if resumesProducer { signal(.drained) }
                return bytes
            case .finished: return nil
            case .failed(let error): throw error
            case .wait: try await waitForChange()
            }
        }
    }

    package func abandon() {
        let isFirst = state.withLock { state in
            defer { state.isAbandoned = true }
            return !state.isAbandoned
        }
        guard isFirst else { return }
        let wasOpen = change { buffer in
            defer { buffer.abandon() }
            return !buffer.hasEnded
        }
        signal(.abandoned(wasOpen: wasOpen))
    }

    @discardableResult
    private func change<Result: Sendable>(_ body: (inout BodyBuffer) -> Result) -> Result {
        let (result, waiter) = state.withLock { state in
            let result = body(&state.buffer)
            return (result, state.takeWaiter())
        }
        waiter?.resume(returning: .changed)
        return result
    }

    private func waitForChange() async throws(HTTPError) {
        let wake = await withTaskCancellationHandler {
            await withCheckedContinuation { arrival in register(arrival) }
        } onCancel: {
            abandon()
        }
        if case .secondConsumer = wake { throw .invalidRequest("a body has one consumer") }
    }

    private func register(_ arrival: Waiter) {
        let immediate: Wake? = state.withLock { state in
            guard !state.buffer.isReady else { return .changed }
            guard state.waiter == nil else { return .secondConsumer }
            state.waiter = arrival
            return nil
        }
        if let immediate { arrival.resume(returning: immediate) }
    }
}
