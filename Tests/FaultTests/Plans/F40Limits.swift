import AIOpsAPI
import FaultTesting
import JSON
import KubernetesModel
import Testing

extension FaultClusterTests {
    /// Texts beyond every limit of the server: a command that prints megabytes, an answer of megabytes.
    @Suite(.timeLimit(.minutes(20))) struct F40Limits {
        @Test func whatIsTooLongIsCutAndNothingIsRefusedForEver() async throws {
            let session = try FaultSession.current()
            // Megabytes through a redactor that was built to be debugged: 150 s on a quiet machine.
            let plan = FaultPlan("F40", .talkative, [], within: .seconds(900))
            let result = try await session.play(plan)
            #expect(result.violations.isEmpty, "\(result.violations.joined(separator: "\n"))")
            #expect(result.task.status.phase == .succeeded, "\(result.task.status.conditions)")
            let refused = result.journal.filter { [413, 422].contains($0.status) }.map(\.description)
            #expect(refused.isEmpty)
            let largest = result.journal.filter(\.isWrite).map { $0.body?.text.utf8.count ?? 0 }.max() ?? 0
            #expect(largest < 1 << 20, "a write of \(largest) bytes")
        }
    }
}
