import FaultTesting
import Primitives
import Testing

extension FaultClusterTests {
    /// Without a fault: a workload that differs from run to run would make every other plan worthless.
    @Suite(.timeLimit(.minutes(20))) struct F00CleanRun {
        @Test(arguments: Draw.workloads(Workload.ofTasks + Draw.ofOtherKinds))
        func threeCleanRunsAreTheSame(workload: Workload) async throws {
            let session = try FaultSession.current()
            let run = try await session.calibrate(workload)
            #expect(run.violations.isEmpty, "\(run.violations.joined(separator: "\n"))")
            if workload == .eightSteps { #expect(run.modelCalls == 8) }
            let late = try await session.writesAtRest(for: .seconds(3)).map(\.description)
            #expect(late.isEmpty, "O3")
            print("\(workload): \(run.writes) writes, \(run.modelCalls) model calls, \(run.took)")
        }
    }
}
