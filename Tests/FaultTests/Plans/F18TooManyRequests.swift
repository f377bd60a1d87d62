import FaultTesting
import JSON
import Testing

extension FaultClusterTests {
    /// 429, with and without a time to wait.
    @Suite(.timeLimit(.minutes(30))) struct F18TooManyRequests {
        private static let places: [(name: String, match: JSONObject)] = [
            ("reads", ["verbs": ["get", "list"]]), ("writes", Fault.ordinaryWrites),
            ("status", ["verbs": ["patch"], "subresource": "status"]), ("watches", ["verbs": ["watch"]]),
            ("commands", ["verbs": ["exec"]]),
        ]
        private static let ways = Cases<(match: JSONObject, wait: Int?)>(
            places.flatMap { place in
                [("\(place.name), wait 1 s", (place.match, 1)), ("\(place.name), no time said", (place.match, nil))]
            })

        @Test func theTimeSaidIsWaited() async throws {
            let session = try FaultSession.current()
            _ = try await session.versions(of: .detection)
            for (name, way) in Self.ways.drawn(2, salt: 18) {
                var options: JSONObject = [:]
                if let wait = way.wait { options["retryAfter"] = .integer(Int64(wait)) }
                var faults = [Fault.answer(429, to: way.match, skip: 2, times: 3, options)]
                if name.hasPrefix("watches") {
                    faults = [
                        .answer(429, to: way.match, times: 3, options),
                        Fault("closed", "close", Fault.taskWatch, event: [:], skip: 3),
                    ]
                }
                let result = try await expect(FaultPlan("F18", .detection, faults), name)
                guard let wait = way.wait else { continue }
                for (index, refused) in result.journal.enumerated() where refused.status == 429 {
                    let again = result.journal.dropFirst(index + 1).first { $0.isSameRequest(as: refused) }
                    guard let again else { continue }
                    #expect(again.at - refused.at >= Double(wait), "\(name): \(refused.description) was not waited for")
                }
            }
        }
    }
}
