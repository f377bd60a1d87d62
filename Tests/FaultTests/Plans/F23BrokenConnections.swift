import FaultTesting
import JSON
import Testing

extension FaultClusterTests {
    /// The connection breaks before, during and after a write, or stays open and says nothing more.
    @Suite(.timeLimit(.minutes(120))) struct F23BrokenConnections {
        @Test(arguments: ["reset-before", "reset-after-commit", "reset-in-reply"])
        func whatBecameOfAWriteIsLookedUp(action: String) async throws {
            let session = try FaultSession.current()
            let count = try await session.writes(of: .detection)
            for number in Draw.numbers(to: count, sample: 1, salt: UInt64(action.utf8.count)) {
                let fault = Fault(action, action, Fault.ordinaryWrites, skip: number - 1)
                try await expect(FaultPlan("F23", .detection, [fault]), "\(action) \(number) of \(count)")
            }
        }

        @Test(arguments: ["reset-after-commit"] + (Draw.isExhaustive ? ["reset-before", "reset-in-reply"] : []))
        func aCommandWhoseConnectionBreaksIsNoEnd(action: String) async throws {
            let session = try FaultSession.current()
            _ = try await session.versions(of: .detection)
            let probes: JSONObject = ["verbs": ["exec"], "path": "command=call"]
            try await expect(FaultPlan("F23", .detection, [Fault(action, action, probes)]), "command, \(action)")
        }

        /// A request that is never answered ends by its own time limit, which takes more than a minute.
        @Test(.enabled(if: Draw.isExhaustive)) func anAnswerThatNeverComesIsNotWaitedForForEver() async throws {
            let session = try FaultSession.current()
            _ = try await session.versions(of: .detection)
            let fault = Fault("half-open", "half-open", Fault.ordinaryWrites, skip: 20)
            try await expect(FaultPlan("F23", .detection, [fault], within: .seconds(300)), "half-open write")
        }
    }
}
