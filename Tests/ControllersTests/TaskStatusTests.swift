import AIOpsAPI
import JSON
import KubernetesModel
import Primitives
import Testing

@testable import Controllers

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

    /// A refused status write would leave the task without an end for as long as the clocks differ.
    @Test(arguments: [-3_600, -1, 0, 1])
    func anEndByAnotherClockIsOneThatTheServerTakes(seconds: Int64) {
        var status = Fixture.task(phase: .running).status
        status.startedAt = Fixture.now
        status.begin(.running, now: Fixture.now)
        status.close(
            .stopped(.timedOut, "late"), under: .completed, generation: 1, now: Fixture.now + .seconds(seconds))
        #expect(status.durationSeconds == max(0, seconds))
        #expect(AIOpsTask.Status.schema.check(status.jsonValue(), at: "status").isEmpty)
    }

    /// How a task can come to its end, and how far it had come.
    static let ends: [(TaskEnding, Phase, [ConditionType], ConditionType?)] = [
        (.stopped(.invalidSpec, "mend it"), .pending, [], .admitted),
        (.cancelled("not wanted any more"), .queued, [], .admitted),
        (.stopped(.provisioningFailed, "no room"), .provisioning, [.admitted], .environmentReady),
        (
            .stopped(.timedOut, "too late"), .running,
            [.admitted, .environmentReady, .applicationDeployed, .faultInjected],
            .agentCompleted
        ),
        (.cancelled("enough"), .injecting, [.admitted, .environmentReady, .applicationDeployed], .faultInjected),
        (.completed(.passed), .evaluating, AIOpsTask.Status.stageConditions, nil),
    ]

    /// Whoever waits for a condition is told, whatever became of the task.
    @Test(arguments: ends.indices)
    func noConditionIsLeftHalfTold(index: Int) {
        let (ending, phase, reached, stoppedAt) = Self.ends[index]
        var status = Fixture.task(phase: phase).status
        status.record(.suspended(.suspendedByUser, "for now"), generation: 1, now: Fixture.now)
        for type in reached { status.mark(type, .true, .done, "done", generation: 1, now: Fixture.now) }
        status.mark(
            .evaluated, reached.contains(.evaluated) ? .true : .unknown, .queued, "", generation: 1, now: Fixture.now)
        status.close(ending, under: .completed, generation: 1, now: Fixture.now)
        let kinds: [ConditionType] =
            [.succeeded, .finished, .ready, .reconciling, .stalled, .suspended, .cleanedUp]
            + AIOpsTask.Status.stageConditions
        for type in kinds {
            let condition = status.conditions.get(type)
            #expect(condition != nil && condition?.status != .unknown && condition?.reason.isEmpty == false, "\(type)")
            let isRepeated = condition.map { $0.message.contains("\($0.reason): \($0.reason)") } ?? true
            #expect(!isRepeated, "\(type)")
        }
        #expect(status.conditions.count == Set(status.conditions.map(\.type)).count)
        #expect(status.conditions.isTrue(.ready) != status.conditions.isTrue(.stalled))
        #expect(!status.conditions.isTrue(.reconciling) && status.conditions.isTrue(.finished))
        let progress = ending.progress(under: .completed)
        for type in AIOpsTask.Status.stageConditions where !reached.contains(type) {
            let expected = type == stoppedAt ? progress.reason : .notReached
            #expect(status.conditions.get(type)?.reason == expected.rawValue, "\(type)")
        }
    }

    /// What a stage has said of itself is not overwritten by the end.
    @Test func anEndLeavesWhatIsSaidAlready() {
        var status = Fixture.task(phase: .running).status
        status.mark(
            .conversationPersisted, .false, .conversationDamaged, "message 3 is missing", generation: 1,
            now: Fixture.now)
        status.close(.stopped(.timedOut, "late"), under: .completed, generation: 1, now: Fixture.now)
        #expect(status.conditions.get(.conversationPersisted)?.reason == Reason.conversationDamaged.rawValue)
    }

    @Test func aFailureIsToldWithoutItsReason() {
        let failure = TaskFailure(
            .infrastructure, .internalError, "could not read the task", cause: RunStop.timedOut("late"))
        #expect(failure.description == "could not read the task: timedOut(\"late\")")
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
