import FaultTesting
import JSON
import Testing

extension FaultClusterTests {
    /// A process that starts is served an old list of tasks, and the watch that would correct it is late.
    ///
    /// The old version is exact: what the server knew one, two, … writes before the death. Nothing may be made again or
    /// deleted by what such a list says.
    @Suite(.timeLimit(.minutes(60))) struct F05StaleStart {
        @Test(arguments: [Workload.detection])
        func whatAnOldListSaysIsNotActedUpon(workload: Workload) async throws {
            let session = try FaultSession.current()
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
                let faults = [.kill(.afterCommit, atWrite: number), stale, late]
                let result = try await expect(
                    .death("F05", workload, faults), "\(number % 12 + 1) versions back after write \(number)")
                #expect(result.deaths == 0 || result.hits == 3, "the list or the watch was not hit")
            }
        }
    }
}
