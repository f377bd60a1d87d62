import AIOpsAPI
import ClusterTesting
import FaultTesting
import KubernetesModel
import Testing

extension FaultClusterTests {
    /// The operator's identity is not taken any more; rights that are gone are `F20RevokedRights`.
    @Suite(.timeLimit(.minutes(20))) struct F20Refused {
        @Test func aRotatedTokenIsReadAgain() async throws {
            let session = try FaultSession.current()
            _ = try await session.versions(of: .detection)
            let token = "rotated-" + TestCluster.randomSuffix()
            let result = try await session.run(FaultPlan("F20", .detection, [])) { task in
                try await session.cluster.await(task.metadata.name, in: session.namespace, "is worked on") {
                    $0.status.phase?.isRunning == true
                }
                try await session.rig.rotate(token: token)
            }
            #expect(result.violations.isEmpty, "\(result.violations.joined(separator: "\n"))")
            let refused = result.journal.count { $0.status == 401 }
            #expect(refused > 0, "the old token was never refused")
            #expect(refused < 20, "\(refused) requests with a token that is not taken")
        }
    }
}
