import FaultTesting
import JSON
import Testing

extension FaultClusterTests {
    /// The stream ends just before an event, for any one event.
    @Suite(.timeLimit(.minutes(60))) struct F09DroppedEvent {
        @Test func theStreamIsResumedWithoutALoss() async throws {
            let session = try FaultSession.current()
            let versions = try await session.versions(of: .detection)
            for number in Draw.numbers(to: versions, sample: 1, salt: 9) {
                let closed = Fault("closed before", "close", Fault.taskWatch, event: [:], skip: number - 1)
                try await expect(FaultPlan("F09", .detection, [closed], mustHit: number < versions), "event \(number)")
            }
        }
    }
}
