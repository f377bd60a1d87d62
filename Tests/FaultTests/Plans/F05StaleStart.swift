import FaultTesting
import JSON
import Testing

extension FaultClusterTests {
    /// A process that starts is served an old list of tasks, and the watch that would correct it is late.
    ///
    /// The old version is exact: what the server knew one, two, … writes before the death. Nothing may be made again or
    /// deleted by what such a list says. Where lists come as streams, the first plain one is the sweep's; where they do not, it is the
    /// cache's.
    @Suite(.timeLimit(.minutes(60))) struct F05StaleStart {
        private static let streaming: JSONObject = [
            "verbs": ["watch"], "path": "sendInitialEvents=true", "resources": ["aiopstasks"],
        ]

        @Test(arguments: [true, false]) func whatAnOldListSaysIsNotActedUpon(isStreaming: Bool) async throws {
            let session = try FaultSession.current()
            let workload = Workload.detection
            let count = try await session.writes(of: workload)
            for number in Draw.numbers(to: count, sample: 1, salt: 5) where number > 2 {
                let tasks: JSONObject = ["verbs": ["list"], "resources": ["aiopstasks"]]
                let stale = Fault(
                    "stale list", "rewrite", tasks,
                    with: [
                        "query": ["resourceVersionMatch": "Exact"], "versionsBack": .integer(Int64(number % 12 + 1)),
                    ])
                let late = Fault(
                    "late watch", "lag", ["verbs": ["watch"], "resources": ["aiopstasks"]], with: ["seconds": 1])
                var faults = [.kill(.afterCommit, atWrite: number), stale, late]
                // Before the late watch, which a streaming list is as well.
                if !isStreaming { faults.insert(.answer(422, to: Self.streaming, times: 0), at: 1) }
                var plan = FaultPlan.death("F05", workload, faults)
                // The sweep asks for the tasks only where there are namespaces: at the end there are none.
                plan.isForTheHeir = !isStreaming
                try await expect(
                    plan,
                    "\(number % 12 + 1) versions back after write \(number), \(isStreaming ? "the sweep" : "the cache")"
                )
            }
        }
    }
}
