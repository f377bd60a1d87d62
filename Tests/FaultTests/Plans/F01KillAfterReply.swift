import FaultTesting
import Testing

extension FaultClusterTests {
    /// kill -9 right after the reply to a write: each write of create, run, cancel and delete.
    @Suite(.timeLimit(.minutes(120))) struct F01KillAfterReply {
        @Test(arguments: Draw.workloads(Workload.ofTasks + Draw.ofOtherKinds))
        func theTaskEndsAsIfNothingHadHappened(workload: Workload) async throws {
            try await Enumeration("F01", workload, .afterReply).run(sample: workload == .detection ? 2 : 1)
        }
    }
}
