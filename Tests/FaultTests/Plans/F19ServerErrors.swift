import ClusterTesting
import FaultTesting
import JSON
import Testing

extension FaultClusterTests {
    /// The server fails for a while, in every way that it has.
    @Suite(.timeLimit(.minutes(180))) struct F19ServerErrors {
        private struct Way: Sendable {
            var status: Int
            var verb: String
            var match: JSONObject
            var seconds: Int
        }

        private static let places: [(name: String, match: JSONObject)] =
            ["get", "list", "create", "patch", "delete", "exec", "watch"].map { verb in
                (verb, ["verbs": [.string(verb)]])
            } + [("everything", [:])]
        private static let short = ways([1, 10])
        private static let long = ways([60])

        private static func ways(_ durations: [Int]) -> [(name: String, value: Way)] {
            [500, 502, 503, 504].flatMap { status in
                places.flatMap { verb, match in
                    durations.map {
                        (
                            "\(status) to \(verb) for \($0) s",
                            Way(status: status, verb: verb, match: match, seconds: $0)
                        )
                    }
                }
            }
        }

        /// A minute each only where everything is run, or by number.
        @Test func itIsSatOut() async throws {
            let session = try FaultSession.current()
            _ = try await session.versions(of: .detection)
            let isWhole = Draw.isExhaustive || Draw.piece != nil
            for (name, way) in Cases(isWhole ? Self.short + Self.long : Self.short).drawn(2, salt: 19) {
                let lasting: JSONObject = ["forSeconds": .integer(Int64(way.seconds))]
                let isWatch = way.verb == "watch"
                let fault = Fault.answer(way.status, to: way.match, skip: isWatch ? 0 : 1, times: 0, lasting)
                let limit = Duration.seconds(180 + 2 * way.seconds)
                let plan = FaultPlan("F19", .detection, Self.opening(fault, isWatch), within: limit)
                try await expect(plan, name)
                if isWatch, way.seconds >= 60 { try await expectReset(way, name) }
            }
        }

        /// A watch is open, and would not be asked for again in the course of a run.
        private static func opening(_ fault: Fault, _ isWatch: Bool) -> [Fault] {
            isWatch ? [Fault("closed", "close", Fault.taskWatch, event: [:], skip: 3), fault] : [fault]
        }

        /// After two minutes without a failure, as in client-go, the next one is the first again: other waits go with their
        /// task, that of a watch stays with the process.
        private func expectReset(_ way: Way, _ name: String) async throws {
            let session = try FaultSession.current()
            // The task may be through before the outage is.
            try await eventually("the watch is back", within: .seconds(way.seconds + 60)) {
                let last = try await session.rig.report().requests.last {
                    $0.verb == "watch" && $0.resource == "aiopstasks"
                }
                return .holds(last?.status == 200, else: "\(last?.description ?? "no watch")")
            }
            let written = try await session.writesAtRest(for: .seconds(125)).map(\.description)
            #expect(written.isEmpty, "O3: \(name)")
            let once = Fault.answer(way.status, to: Fault.taskWatch)
            let result = try await expect(FaultPlan("F19", .detection, Self.opening(once, true)), "\(name), once more")
            let place = try #require(result.journal.firstIndex { $0.fault == once.name })
            let refused = result.journal[place]
            let again = try #require(
                result.journal[(place + 1)...].first { $0.isSameRequest(as: refused) }, "\(name): no other watch")
            print("\(name): once more, asked again after \(again.at - refused.at) s")
            #expect(again.at - refused.at < 1.5, "\(name): still waiting as for the outage before")
        }
    }
}
