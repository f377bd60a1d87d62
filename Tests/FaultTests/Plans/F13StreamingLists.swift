import FaultTesting
import JSON
import Testing

extension FaultClusterTests {
    /// Lists that come as a stream: refused, or without the mark of their end.
    @Suite(.timeLimit(.minutes(20))) struct F13StreamingLists {
        private static let streaming: JSONObject = ["verbs": ["watch"], "path": "sendInitialEvents=true"]
        private static let ways = Cases<Fault>([
            ("422", .answer(422, to: streaming, times: 0)), ("400", .answer(400, to: streaming, times: 0)),
            (
                "no mark",
                Fault("no mark", "hide", streaming, event: ["contains": "initial-events-end"], times: 0)
            ),
        ])

        @Test func aPlainListTakesItsPlace() async throws {
            let session = try FaultSession.current()
            _ = try await session.versions(of: .detection)
            for (name, fault) in Self.ways.drawn(1, salt: 13) {
                try await session.with([fault], mustHit: false) {
                    let result = try await expect(FaultPlan("F13", .detection, [fault], mustHit: false), name)
                    let streams = result.journal.contains { $0.value["query"]?["sendInitialEvents"] != nil }
                    #expect(!streams || result.hits > 0, "\(name): streaming lists are asked for and were not hit")
                }
            }
        }
    }
}
