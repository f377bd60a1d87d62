import Primitives

/// Lets nobody on before all have come: at the first call and at the last one of each conversation, so that all of them are
/// open at once, and at their full length.
final class Gathering: Sendable {
    private let expected: Int
    private let time: any TimeSource
    private let arrived = Locked(0)

    init(of expected: Int, time: any TimeSource) {
        self.expected = expected
        self.time = time
    }

    func join() async throws(CancellationError) {
        arrived.withLock { $0 += 1 }
        while arrived.withLock({ $0 }) < expected { try await time.sleep(for: .milliseconds(20)) }
    }
}
