import AIOpsAPI
import ClusterTesting
import FaultTesting
import JSON
import KubernetesClient
import KubernetesModel
import Testing

extension FaultClusterTests {
    /// The operator's identity is not taken any more, or its rights are gone for a while.
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

        /// What is forbidden is said, and everything goes on when it is allowed again, without a restart.
        @Test func rightsThatComeBackHealWithoutARestart() async throws {
            let session = try FaultSession.current()
            _ = try await session.versions(of: .detection)
            let forbidden: JSONObject = [
                "forSeconds": 4, "message": "services is forbidden: User cannot create resource services",
            ]
            let fault = Fault.answer(403, to: ["verbs": ["create"], "resources": ["services"]], times: 0, forbidden)
            let result = try await session.play(FaultPlan("F20", .detection, [fault]))
            let said = result.task.status.conditions.get(.succeeded)
            #expect(result.violations.isEmpty, "\(result.violations.joined(separator: "\n"))")
            // Either it was sat out, or the task says what the operator may not do.
            if result.task.status.phase != .succeeded {
                #expect(said?.message.contains("services is forbidden") == true, "\(String(describing: said))")
            }
            try await expect(FaultPlan("F20", .detection, []), "after the rights came back")
        }
    }
}
