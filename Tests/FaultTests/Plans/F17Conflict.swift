import FaultTesting
import JSON
import Testing

extension FaultClusterTests {
    /// 409 on each write in turn, and on all of them for a while.
    @Suite(.timeLimit(.minutes(120))) struct F17Conflict {
        @Test func aRefusedWriteIsMadeAgainOnWhatIsThere() async throws {
            let session = try FaultSession.current()
            let count = try await session.writes(of: .detection)
            for number in Draw.numbers(to: count, sample: 2, salt: 17) {
                let fault = Fault.answer(409, to: Fault.ordinaryWrites, skip: number - 1)
                try await expect(FaultPlan("F17", .detection, [fault]), "write \(number) of \(count)")
            }
        }

        /// Nothing is overwritten blindly, nobody hammers, and it is over when the conflicts are.
        @Test func conflictsForAWhileAreSatOut() async throws {
            let status: JSONObject = ["verbs": ["patch"], "resources": ["aiopstasks"], "subresource": "status"]
            let fault = Fault.answer(409, to: status, skip: 6, times: 0, ["forSeconds": 5])
            let result = try await expect(FaultPlan("F17", .detection, [fault]), "for 5 s")
            #expect(result.hits < 60, "\(result.hits) writes in 5 s are no waiting")
        }
    }
}
