import FaultTesting
import JSON
import Testing

extension FaultClusterTests {
    /// The ConfigMaps that a conversation is kept in meet conflicts, lost replies and limits.
    @Suite(.timeLimit(.minutes(30))) struct F39BrokenLog {
        private static let ways = Cases<Fault>(
            (0..<8).flatMap { number in
                ["answer", "reset-after-commit", "reset-before"].map { action in
                    (
                        "\(action) at flush \(number + 1)",
                        Fault(
                            action, action,
                            ["verbs": ["create"], "resources": ["configmaps"], "body": "aiops.dev/conversation"],
                            with: ["status": 500], skip: number)
                    )
                }
            })

        @Test func theLogIsGaplessAndInOrder() async throws {
            let session = try FaultSession.current()
            _ = try await session.versions(of: .detection)
            for (name, fault) in Self.ways.drawn(2, salt: 39) {
                try await expect(FaultPlan("F39", .detection, [fault], mustHit: false), name)
            }
        }
    }
}
