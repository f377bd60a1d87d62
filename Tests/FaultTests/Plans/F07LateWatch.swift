import FaultTesting
import JSON
import Testing

extension FaultClusterTests {
    /// The cache lags behind what the operator itself has written.
    @Suite(.timeLimit(.minutes(30))) struct F07LateWatch {
        private static let lags = Cases<Double>([("0.1 s", 0.1), ("1 s", 1), ("10 s", 10)])

        @Test func nothingIsDoneTwiceForWantOfSeeingIt() async throws {
            let session = try FaultSession.current()
            _ = try await session.writes(of: .detection)
            for (name, seconds) in Self.lags.drawn(1, salt: 7) {
                let watches: JSONObject = ["verbs": ["watch"], "resources": ["aiopstasks", "workerpools"]]
                let late = Fault("late by \(name)", "lag", watches, with: ["seconds": JSONValue(seconds)], times: 0)
                try await session.with([late]) {
                    try await expect(
                        FaultPlan("F07", .detection, [late], within: .seconds(300), mustHit: false), "late by \(name)")
                }
            }
        }
    }
}
