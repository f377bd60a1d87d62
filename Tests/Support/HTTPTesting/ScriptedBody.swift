package import HTTP
internal import Primitives

/// A response body that a test feeds.
package final class ScriptedBody: Sendable {
    private final class Abandonment: Sendable {
        struct State {
            var isAbandoned = false
            var waiters: [CheckedContinuation<Void, Never>] = []
        }

        let state = Locked(State())

        func abandon() {
            let waiters = state.withLock { state in
                state.isAbandoned = true
                defer { state.waiters = [] }
                return state.waiters
            }
            for waiter in waiters { waiter.resume() }
        }
    }

    private let abandonment: Abandonment
    private let queue: BodyQueue

    package init() {
        let abandonment = Abandonment()
        self.abandonment = abandonment
        queue = BodyQueue(limit: .max, whenFull: .pause) { signal in
            if case .abandoned = signal { abandonment.abandon() }
        }
    }

    /// To be taken once: the body ends when its last copy goes away.
    package var body: HTTPBody { HTTPBody(queue) }

    package var isAbandoned: Bool { abandonment.state.withLock { $0.isAbandoned } }

    package func send(_ bytes: [UInt8]) {
        _ = queue.offer(bytes)
    }

    package func send(_ text: String) {
        send(Array(text.utf8))
    }

    package func finish(_ error: HTTPError? = nil) {
        queue.finish(error)
    }

    /// Returns when the reader has dropped the body, at its end or before.
    package func waitUntilAbandoned() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let isAbandoned = abandonment.state.withLock { state in
                if !state.isAbandoned { state.waiters.append(continuation) }
                return state.isAbandoned
            }
            if isAbandoned { continuation.resume() }
        }
    }
}
