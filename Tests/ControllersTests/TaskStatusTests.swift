import AIOpsAPI
import Controllers
import KubernetesModel
import Primitives
import Testing

@Suite struct TaskStatusTests {
    /// The server refuses two records of one name, and a refused status write would end a run that was taken over.
    @Test func aStageEnteredAgainKeepsItsOneRecord() {
        var status = AIOpsTask.Status()
        status.begin(.running, now: Fixture.now)
        status.end(.running, now: Fixture.now + .seconds(5))
        status.begin(.running, now: Fixture.now + .seconds(60))
        status.end(.running, now: Fixture.now + .seconds(61))
        #expect(status.stages.count == 1)
        #expect(status.stages.first?.startedAt == Fixture.now)
        #expect(status.stages.first?.finishedAt == Fixture.now + .seconds(5))
    }

    @Test func closingEndsEverythingOnce() {
        var status = Fixture.task(phase: .evaluating).status
        status.startedAt = Fixture.now
        status.begin(.evaluating, now: Fixture.now)
        status.close(.completed(.failed), under: .completed, generation: 1, now: Fixture.now + .seconds(61))
        #expect(status.phase == .succeeded)
        #expect(status.duration == "1m1s")
        #expect(status.stages.allSatisfy { $0.finishedAt != nil })
        let closed = status
        status.close(.cancelled("late"), under: .completed, generation: 1, now: Fixture.now + .seconds(90))
        #expect(status == closed)
    }

    @Test(arguments: [
        (SuccessPolicy.completed, Verdict.failed, Phase.succeeded), (.passed, .failed, .failed),
        (.passed, .passed, .succeeded), (.completed, .error, .failed), (.passed, .inconclusive, .failed),
    ])
    func theSuccessPolicyDecides(policy: SuccessPolicy, verdict: Verdict, phase: Phase) {
        var status = Fixture.task(phase: .evaluating).status
        status.close(.completed(verdict), under: policy, generation: 1, now: Fixture.now)
        #expect(status.phase == phase)
        #expect(status.conditions.isTrue(.stalled) == (phase == .failed))
    }

    /// A run that fails anywhere ends, whatever the graph says about its phase.
    @Test(arguments: [Phase.provisioning, .deploying, .injecting, .running, .evaluating])
    func aFailureEndsAnyPhase(phase: Phase) {
        var status = Fixture.task(phase: phase).status
        status.close(.stopped(.providerAuthFailed, "no"), under: .completed, generation: 1, now: Fixture.now)
        #expect(status.phase == .failed)
        #expect(status.conditions.get(.succeeded)?.reason == "ProviderAuthFailed")
        #expect(status.result?.verdict == nil)
    }
}
