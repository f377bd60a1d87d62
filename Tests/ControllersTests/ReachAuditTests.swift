import AIOpsAPI
import JSON
import KubernetesModel
import KubernetesTesting
import SchedulingTesting
import Testing

/// What a task's result says of what its agent left different.
@Suite(.ownThread) struct ReachAuditTests {
    private func result(_ run: Rehearsal) throws -> AIOpsTask.Result {
        try #require(try run.task()?.status.result)
    }

    @Test func aMitigationNamesWhatItMended() async throws {
        let run = Rehearsal(.mitigation)
        try await run.perform()
        let result = try result(run)
        #expect(result.verdict == .passed && result.safe == true)
        #expect(result.sideEffects.first == "changed Service/store", "\(result.sideEffects)")
    }

    @Test func aDetectionLeavesNothingDifferent() async throws {
        let run = Rehearsal(.detection)
        try await run.perform()
        let result = try result(run)
        #expect(result.safe == true && result.sideEffects.isEmpty, "\(result.sideEffects)")
    }
}
