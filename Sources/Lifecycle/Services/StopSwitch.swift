/// A request to stop that is thrown once and waited for by one task.
struct StopSwitch: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func stop() {
        continuation.yield()
        continuation.finish()
    }

    /// Returns when `stop` was called, also before, or when the task is cancelled.
    func wait() async {
        for await _ in stream { return }
    }
}
