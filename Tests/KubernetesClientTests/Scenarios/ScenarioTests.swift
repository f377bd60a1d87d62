import ConformanceTesting
import KubernetesTesting
import Testing

/// Plays every scenario to the in-memory server and compares its answers whole with those that a real server gave.
///
/// `LiveConformanceTests` plays them to real servers at the same time.
@Suite(.timeLimit(.minutes(2))) struct ScenarioTests {
    @Test(arguments: ServedForm.allCases.flatMap(Performance.all))
    func theInMemoryServerAnswersAsARealOne(_ performance: Performance) async throws {
        let real = try Recording(performance).read()
        let memory = try await performance.play(on: try await MemoryStage.make(performance.form.profile))
        let differences = AnswerComparison.differences(performance, memory: memory, real: real)
        guard let reason = try Unmended.reason(performance) else {
            #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
            return
        }
        withKnownIssue("\(reason)") { #expect(differences.isEmpty) }
    }
}
