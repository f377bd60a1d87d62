import AIOpsAPI
import Controllers
import Conversations
import JSON
import KubernetesModel
import KubernetesTesting
import Primitives
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
}
