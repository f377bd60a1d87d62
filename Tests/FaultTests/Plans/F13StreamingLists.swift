import FaultTesting
import JSON
import Testing

extension FaultClusterTests {
    /// Lists that come as a stream: refused, or without the mark of their end.
    ///
    /// They are asked for where the operator starts and where a version has expired, so the fault is there before the process.
    @Suite(.timeLimit(.minutes(20))) struct F13StreamingLists {
        private static let streaming: JSONObject = [
            "verbs": ["watch"], "path": "sendInitialEvents=true", "resources": ["aiopstasks"],
        ]
        /// Not the stream that was given up: what the proxy still sends there nobody reads.
        private static let resumed: JSONObject = [
            "verbs": ["watch"], "path": "[?&]resourceVersion=", "resources": ["aiopstasks"],
        ]
        private static let ways = Cases<Fault>([
            ("422", .answer(422, to: streaming, times: 0)), ("400", .answer(400, to: streaming, times: 0)),
            ("no mark", Fault("no mark", "drop", streaming, event: ["contains": "initial-events-end"], times: 0)),
        ])

        @Test func aPlainListTakesItsPlaceAndThatIsRemembered() async throws {
            let session = try FaultSession.current()
            _ = try await session.versions(of: .detection)
            for (name, fault) in Self.ways.drawn(1, salt: 13) {
                let before = try await session.rig.begin()
                try await session.with([fault]) {
                    let opening = try await session.rig.report(since: before).requests
                    let streams = opening.filter { $0.isStreamedList }.map(\.description)
                    #expect(streams.count == 1, "\(name): asked for once, not \(streams)")
                    let lists = opening.filter { $0.isWholeList }.map(\.description)
                    #expect(lists.count == 1, "\(name): listed once instead, not \(lists)")
                    let expired = F12Expired.error(410, "Expired", in: Self.resumed)
                    let result = try await expect(FaultPlan("F13", .detection, [expired, fault], mustHit: false), name)
                    #expect(result.hits == 1, "\(name): the version did not expire")
                    let again = result.journal.filter { $0.isWholeList || $0.isStreamedList }
                    #expect(again.count == 1 && again.first?.verb == "list", "\(name): \(again.map(\.description))")
                }
            }
        }
    }
}

extension JournalEntry {
    fileprivate var isStreamedList: Bool {
        resource == "aiopstasks" && value["query"]?["sendInitialEvents"] != nil
    }

    /// Not the look at one object, nor the barrier's look at the version.
    fileprivate var isWholeList: Bool {
        verb == "list" && resource == "aiopstasks" && value["query"]?["fieldSelector"] == nil
            && value["query"]?["limit"] != "1"
    }
}
