import FaultTesting
import JSON
import Testing

extension FaultClusterTests {
    /// The server fails for a while, in every way that it has.
    @Suite(.timeLimit(.minutes(60))) struct F19ServerErrors {
        private static let places: [(name: String, match: JSONObject)] = [
            ("get", ["verbs": ["get"]]), ("list", ["verbs": ["list"]]), ("create", ["verbs": ["create"]]),
            ("patch", ["verbs": ["patch"]]), ("delete", ["verbs": ["delete"]]), ("exec", ["verbs": ["exec"]]),
            ("everything", [:]),
        ]
        private static let ways = Cases<(status: Int, match: JSONObject, seconds: Int)>(
            [500, 502, 503, 504].flatMap { status in
                places.flatMap { place in
                    [1, 10].map { ("\(status) to \(place.name) for \($0) s", (status, place.match, $0)) }
                }
            })

        @Test func itIsSatOut() async throws {
            let session = try FaultSession.current()
            _ = try await session.versions(of: .detection)
            for (name, way) in Self.ways.drawn(2, salt: 19) {
                let fault = Fault.answer(
                    way.status, to: way.match, skip: 1, times: 0, ["forSeconds": .integer(Int64(way.seconds))])
                try await expect(FaultPlan("F19", .detection, [fault]), name)
            }
        }
    }
}
