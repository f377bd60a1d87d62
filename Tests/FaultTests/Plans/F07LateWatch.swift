import FaultTesting
import JSON
import Testing

extension FaultClusterTests {
    /// The cache lags behind what the operator itself has written.
    @Suite(.timeLimit(.minutes(30))) struct F07LateWatch {
        private static let lags = Cases<Double>([("0.1 s", 0.1), ("1 s", 1), ("10 s", 10)])

        @Test func nothingIsDoneTwiceForWantOfSeeingIt() async throws {
            for (name, seconds) in Self.lags.drawn(1, salt: 7) {
                try await run(name, seconds, within: .seconds(300))
            }
        }

        /// Beyond the time after which a stuck cache is read past.
        @Test(.enabled(if: Draw.isExhaustive, "six minutes long: part of the exhaustive run")) func aMinuteIsSatOut()
            async throws
        {
            try await run("60 s", 60, within: .seconds(900))
        }

        private func run(_ name: String, _ seconds: Double, within limit: Duration) async throws {
            let session = try FaultSession.current()
            _ = try await session.writes(of: .detection)
            let watches: JSONObject = ["verbs": ["watch"], "resources": ["aiopstasks", "workerpools"]]
            let late = Fault("late by \(name)", "lag", watches, with: ["seconds": JSONValue(seconds)], times: 0)
            try await session.with([late]) {
                try await expect(
                    FaultPlan("F07", .detection, [late], within: limit, mustHit: false), "late by \(name)")
            }
        }
    }
}
