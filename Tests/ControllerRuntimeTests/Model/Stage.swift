import Lifecycle
import LifecycleTesting

/// Everything of a test on one thread, where others get their turn whenever this one yields.
struct Stage: Sendable {
    let time: ManualTimeSource

    static func run(_ time: ManualTimeSource, _ body: @Sendable (Stage) async throws -> Void) async throws {
        try await TaskThread.run(name: "stage") { _ in try await body(Stage(time: time)) }
    }

    /// Moves time on from one wake-up to the next, and lets everybody do what they have to in between.
    func pass(_ duration: Duration, until isDone: () -> Bool = { false }) async throws {
        let end = time.monotonicNow() + duration
        while true {
            for _ in 0..<40 { await Task.yield() }
            let left = end - time.monotonicNow()
            guard left > .zero, !isDone() else { return }
            time.advance(by: min(left, max(time.untilNextWake ?? left, .microseconds(1))))
        }
    }
}
