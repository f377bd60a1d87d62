import FaultTesting
import JSON
import Testing

extension FaultClusterTests {
    /// An event is not seen until one that overtakes it: only the state counts, never the way to it.
    @Suite(.timeLimit(.minutes(60))) struct F08HiddenEvent {
        @Test func onlyTheStateCounts() async throws {
            let session = try FaultSession.current()
            let versions = try await session.versions(of: .detection)
            for number in Draw.numbers(to: versions, sample: 1, salt: 8) {
                let hidden = Fault("hidden event", "hide", Fault.taskWatch, event: [:], skip: number - 1)
                try await expect(FaultPlan("F08", .detection, [hidden], mustHit: number < versions), "event \(number)")
            }
        }
    }
}
