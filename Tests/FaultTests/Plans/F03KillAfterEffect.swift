import FaultTesting
import JSON
import Testing

extension FaultClusterTests {
    /// kill -9 between an effect outside (a model call, a command in a pod) and the write that records it.
    ///
    /// Dying before a write is dying after every effect since the write before it.
    @Suite(.timeLimit(.minutes(120))) struct F03KillAfterEffect {
        @Test(arguments: Draw.workloads(Workload.ofTasks + Draw.ofOtherKinds))
        func whatWasDoneIsFoundAgainOrCharged(workload: Workload) async throws {
            try await Enumeration("F03", workload, .before).run(sample: 1)
        }

        @Test func aReplyOfTheModelThatIsLostIsCharged() async throws {
            let session = try FaultSession.current()
            let calls = try await session.modelCalls(of: .mitigation)
            for call in Draw.numbers(to: calls, sample: 1, salt: 3) {
                let result = try await session.run(.death("F03", .mitigation, []), modelCall: call)
                #expect(result.violations.isEmpty, "model call \(call): \(result.violations.joined(separator: "\n"))")
                #expect(result.deaths == 1, "model call \(call)")
            }
        }

        /// The command has done its work and its result is lost.
        @Test func aCommandThatChangesSomethingIsNotRepeated() async throws {
            let session = try FaultSession.current()
            let commands = Fault("killed in the command", "kill-after-commit", ["verbs": ["exec"], "path": "patch"])
            let result = try await session.run(.death("F03", .mitigation, [commands]))
            #expect(result.violations.isEmpty, "\(result.violations.joined(separator: "\n"))")
            #expect(result.deaths == 1)
        }
    }
}
