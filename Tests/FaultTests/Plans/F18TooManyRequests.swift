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
        private enum Way: Sendable {
            case requests(JSONObject, wait: Int?)
            case lease(F18ThrottledLease)
        }
        private static let ways = Cases<Way>(
            places.flatMap { place in
                [
                    ("\(place.name), wait 1 s", Way.requests(place.match, wait: 1)),
                    ("\(place.name), no time said", Way.requests(place.match, wait: nil)),
                ]
            } + F18ThrottledLease.ways.map { ($0.name, .lease($0.value)) })

        @Test func theTimeSaidIsWaited() async throws {
            let session = try FaultSession.current()
            _ = try await session.versions(of: .detection)
            for (name, way) in Self.ways.drawn(2, salt: 18) {
                switch way {
                case .requests(let match, let wait): try await throttle(match, wait, name)
                case .lease(let plan): try await plan.run(name, session)
                }
            }
        }

        private func throttle(_ match: JSONObject, _ wait: Int?, _ name: String) async throws {
            var options: JSONObject = [:]
            if let wait { options["retryAfter"] = .integer(Int64(wait)) }
            var faults = [Fault.answer(429, to: match, skip: 2, times: 3, options)]
            if name.hasPrefix("watches") {
                faults = [
                    .answer(429, to: match, times: 3, options),
                    Fault("closed", "close", Fault.taskWatch, event: [:], skip: 3),
                ]
            }
            let result = try await expect(FaultPlan("F18", .detection, faults), name)
            guard let wait else { return }
            for (index, refused) in result.journal.enumerated() where refused.status == 429 {
                let again = result.journal.dropFirst(index + 1).first { $0.isSameRequest(as: refused) }
                guard let again else { continue }
                #expect(again.at - refused.at >= Double(wait), "\(name): \(refused.description) was not waited for")
            }
        }
    }
}
