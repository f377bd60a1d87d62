import FaultTesting
import Testing

extension FaultClusterTests {
    /// kill -9 when a write is done and its reply is still on the way: nothing is made or paid twice.
    @Suite(.timeLimit(.minutes(120))) struct F02KillAfterCommit {
        @Test(arguments: Draw.workloads(Workload.ofTasks + Draw.ofOtherKinds))
        func theWriteIsFoundAndNotRepeated(workload: Workload) async throws {
            try await Enumeration("F02", workload, .afterCommit).run(sample: workload == .detection ? 2 : 1)
        }
    }
}
