import FaultTesting
import JSON
import Testing

extension FaultClusterTests {
    /// What was watched from is not there any more, or not yet.
    @Suite(.timeLimit(.minutes(30))) struct F12Expired {
        private static let lists: JSONObject = ["verbs": ["list"], "resources": ["aiopstasks"]]

        /// The stream says so before its fourth event, and ends.
        static func error(_ code: Int64, _ reason: String, in watch: JSONObject = Fault.taskWatch) -> Fault {
            let event: JSONValue = [
                "type": "ERROR",
                "object": [
                    "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": .integer(code),
                    "reason": .string(reason), "message": "as the plan says",
                ],
            ]
            return Fault(
                "\(code) in the stream", "insert", watch, event: [:],
                with: ["event": event, "thenClose": true], skip: 3)
        }

        private static let tooLarge: JSONObject = [
            "reason": "Timeout", "message": "Too large resource version: 9, current: 8",
            "details": ["causes": [["reason": "ResourceVersionTooLarge", "message": "Too large resource version"]]],
        ]

        private static let ways = Cases<(faults: [Fault], lists: Int)>([
            ("410 in the stream", ([error(410, "Expired")], 1)),
            (
                "410 on open",
                (
                    [
                        Fault("closed", "close", Fault.taskWatch, event: [:], skip: 3),
                        .answer(410, to: Fault.taskWatch),
                    ], 1
                )
            ),
            ("a version too large", ([error(410, "Expired"), .answer(504, to: lists, tooLarge)], 2)),
            ("500 in the stream", ([error(500, "InternalError")], 1)),
        ])

        @Test func itIsListedOnceAndNeverBackInTime() async throws {
            let session = try FaultSession.current()
            _ = try await session.versions(of: .detection)
            for (name, way) in Self.ways.drawn(2, salt: 12) {
                let result = try await expect(FaultPlan("F12", .detection, way.faults), name)
                let lists = result.journal.filter { $0.verb == "list" && $0.resource == "aiopstasks" }
                // Lists of one object are look-ups of the cache, not lists.
                let whole = lists.filter { $0.value["query"]?["fieldSelector"] == nil && $0.namespace.isEmpty }
                #expect(whole.count <= way.lists, "\(name): \(whole.map(\.description))")
                let versions = whole.map { $0.value["query"]?["resourceVersion"]?.stringValue ?? "" }
                #expect(!versions.contains("0"), "\(name): a list from any cache may be older than what was seen")
            }
        }
    }
}
