import AIOpsAPI
import FaultTesting
import JSON
import KubernetesModel
import Testing

extension FaultClusterTests {
    /// The server refuses what we write as invalid: an end with a reason, and no hot loop.
    @Suite(.timeLimit(.minutes(20))) struct F22Invalid {
        @Test func aRefusedObjectEndsTheRunAndSaysWhy() async throws {
            let session = try FaultSession.current()
            let invalid: JSONObject = ["message": "Deployment.apps \"cart\" is invalid: spec.template: Forbidden"]
            let fault = Fault.answer(422, to: ["verbs": ["create"], "resources": ["deployments"]], times: 0, invalid)
            let result = try await session.play(FaultPlan("F22", .detection, [fault]))
            #expect(result.violations.isEmpty, "\(result.violations.joined(separator: "\n"))")
            let said = result.task.status.conditions.get(.succeeded)
            #expect(
                result.task.status.phase == .failed && said?.reason == "DeploymentFailed", "\(String(describing: said))"
            )
            #expect(said?.message.contains("is invalid") == true, "\(String(describing: said))")
            #expect(result.hits <= 3, "what is invalid stays so, and was tried \(result.hits) times")
        }

        @Test func aStatusThatIsRefusedForAWhileIsNoHotLoop() async throws {
            let session = try FaultSession.current()
            let status: JSONObject = ["verbs": ["patch"], "resources": ["aiopstasks"], "subresource": "status"]
            let fault = Fault.answer(422, to: status, times: 0, ["forSeconds": 4])
            let result = try await session.play(FaultPlan("F22", .detection, [fault]))
            #expect(result.violations.isEmpty, "\(result.violations.joined(separator: "\n"))")
            #expect(result.hits < 60, "\(result.hits) writes in 4 s")
            #expect(result.task.status.phase == .succeeded, "\(result.task.status.conditions)")
        }
    }
}
