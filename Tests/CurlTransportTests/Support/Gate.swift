import Primitives

/// Something a test or a script waits for once or more: each `open` lets one `wait` through.
final class Gate: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation
    private let semaphore = Semaphore()

    init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    /// Lets one waiting task and one waiting thread through.
    func open() {
        continuation.yield()
        semaphore.signal()
    }

    func wait() async {
        for await _ in stream { return }
    }

    /// For threads of scripts; never called on the cooperative pool.
    func waitBlocking() {
        semaphore.wait()
    }
}
