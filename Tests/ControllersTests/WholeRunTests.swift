import AIOpsAPI
import Controllers
import Conversations
import JSON
import KubernetesModel
import KubernetesTesting
import Primitives
import Problems
import SimulationTesting
import Testing

/// A task from its creation to a clean cluster, on an API server in memory.
@Suite struct WholeRunTests {
    @Test(arguments: [Rehearsal.Play.detection, .mitigation])
    func aRunEndsWithAVerdictAConversationAndACleanCluster(play: Rehearsal.Play) async throws {
        let run = Rehearsal(play)
        let writes = try await run.perform()
        let task = try #require(try run.task())
        #expect(writes > 40)
        #expect(task.status.phase == .succeeded)
        #expect(task.status.result?.verdict == .passed, "\(task.status.result?.message ?? "")")
        #expect(run.cluster.repairs.withLock { $0 } == (play == .mitigation ? 1 : 0))
        try await run.expectInvariants()
    }

    /// A problem brings limits of its own for tasks that name none.
    @Test func aProblemLimitsTheTasksThatDoNot() async throws {
        var catalogue = Catalogue()
        let yaml = """
            problems:
              - id: brief_{task}
                tasks: [Detection]
                application: {name: shop-lite, port: 8080}
                fault: {kind: TargetPortMisconfiguration, service: store, from: 8080, to: 9999}
                truth: {anomaly: "Yes", components: [store], systemLevel: Virtualization, faultType: Misconfiguration}
                limits: {maxSteps: 2, timeoutSeconds: 900}
            """
        try catalogue.add(Array(yaml.utf8), file: "brief.yaml")
        let run = Rehearsal(.detection, answers: .dithering, catalogue: catalogue) {
            $0.spec.problem?.id = "brief_detection"
        }
        try await run.perform()
        let status = try #require(try run.task()).status
        #expect(status.result?.stepsTaken == 2)
        #expect(status.conditions.get(.agentCompleted)?.reason == "StepLimitReached")
        #expect(status.conditions.get(.agentCompleted)?.message.contains("its 2 steps") == true)
    }
}
