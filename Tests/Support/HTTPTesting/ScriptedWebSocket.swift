package import HTTP
internal import Primitives

/// A WebSocket whose other end is the test.
package final class ScriptedWebSocket: WebSocketConnection {
    private struct State {
        var sent: [[UInt8]] = []
        var isClosed = false
    }

    package let subprotocol: String?
    private let state = Locked(State())
    private let incoming: AsyncStream<Result<WebSocketMessage, HTTPError>>
    private let push: AsyncStream<Result<WebSocketMessage, HTTPError>>.Continuation
    private let onSend: @Sendable (ScriptedWebSocket, [UInt8]) -> Void

    /// `onSend` is called for each message the code under test sends; it may `deliver` an answer.
    package init(
        subprotocol: String?, onSend: @escaping @Sendable (ScriptedWebSocket, [UInt8]) -> Void = { _, _ in }
    ) {
        self.subprotocol = subprotocol
        self.onSend = onSend
        (incoming, push) = AsyncStream.makeStream()
    }

    package var sent: [[UInt8]] { state.withLock { $0.sent } }
    package var isClosed: Bool { state.withLock { $0.isClosed } }

    package func deliver(_ message: WebSocketMessage) {
        push.yield(.success(message))
    }

    package func deliver(_ error: HTTPError) {
        push.yield(.failure(error))
    }

    /// The server closes: `receive` gives `nil` after what was delivered before.
    package func finish() {
        push.finish()
    }

    package func send(_ message: [UInt8]) async throws(HTTPError) {
        let isClosed = state.withLock { state in
            if !state.isClosed { state.sent.append(message) }
            return state.isClosed
        }
        guard !isClosed else { throw .reset(bytesSeen: true, "the WebSocket is closed") }
        onSend(self, message)
    }

    package func receive() async throws(HTTPError) -> WebSocketMessage? {
        for await result in incoming { return try result.get() }
        guard !Task.isCancelled else { throw .cancelled }
        return nil
    }

    package func close() async {
        state.withLock { $0.isClosed = true }
        push.finish()
    }
}
