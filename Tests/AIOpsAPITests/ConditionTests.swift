import AIOpsAPI
import JSON
import KubernetesModel
import Primitives
import Testing

@Suite struct ConditionTests {
    static let runs: [(RunProgress, KStatus, ConditionStatus)] = [
        (.active(.queued, "waiting for a worker"), .inProgress, .unknown),
        (.active(.running, "step 3 of 30"), .inProgress, .unknown),
        (.suspended(.suspendedByUser, "spec.suspend is true"), .inProgress, .unknown),
        (.succeeded(.completed, "completed with verdict Passed"), .current, .true),
        (.failed(.provisioningFailed, "no quota"), .failed, .false),
        (.failed(.cancelled, "cancelled by spec.cancel"), .failed, .false),
    ]

    @Test(arguments: runs)
    func waitersSeeWhatIsSo(progress: RunProgress, expected: KStatus, succeeded: ConditionStatus) {
        var status = AIOpsTask.Status()
        status.record(progress, generation: 4, now: Timestamp(seconds: 100))
        #expect(
            KStatus.of(generation: 4, observedGeneration: status.observedGeneration, conditions: status.conditions)
                == expected)
        #expect(status.conditions.get(.succeeded)?.status == succeeded)
        #expect(status.conditions.isTrue(.finished) == (succeeded != .unknown))
        #expect(!(status.conditions.isTrue(.reconciling) && status.conditions.isTrue(.stalled)))
        #expect(status.conditions.allSatisfy { $0.observedGeneration == 4 && !$0.reason.isEmpty })
        #expect(status.conditions.isTrue(.suspended) == (progress.reason == .suspendedByUser))
    }

    /// The race of an object nobody has looked at: the default of the schema holds it in progress.
    @Test func anUnseenObjectIsNotCurrent() throws {
        for resource in CustomResource.all {
            let schema = resource.definition(.current)["spec"]?["versions"]?[0]?["schema"]?["openAPIV3Schema"]
            let status = schema?["properties"]?["status"]?["default"]
            let observed = status?["observedGeneration"]?.integerValue
            #expect(observed == -1)
            #expect(KStatus.of(generation: 1, observedGeneration: observed, conditions: []) == .inProgress)
        }
    }

    /// An edit of a finished task: once recorded again, it is current again and no transition time has moved.
    @Test func aFinishedTaskStaysCurrentAfterAnEdit() {
        var status = AIOpsTask.Status()
        status.record(.succeeded(.completed, "done"), generation: 1, now: Timestamp(seconds: 100))
        let before = status.conditions
        #expect(
            KStatus.of(generation: 2, observedGeneration: status.observedGeneration, conditions: before) == .inProgress)
        status.record(.succeeded(.completed, "done"), generation: 2, now: Timestamp(seconds: 200))
        #expect(
            KStatus.of(generation: 2, observedGeneration: status.observedGeneration, conditions: status.conditions)
                == .current)
        #expect(status.conditions.map(\.lastTransitionTime) == before.map(\.lastTransitionTime))
    }

    @Test func aTransitionTimeMovesOnlyWithItsStatus() {
        var status = AIOpsTask.Status()
        status.record(.active(.queued, "a"), generation: 1, now: Timestamp(seconds: 100))
        status.record(.active(.running, "b"), generation: 1, now: Timestamp(seconds: 200))
        #expect(status.conditions.allSatisfy { $0.lastTransitionTime == Timestamp(seconds: 100) })
        status.record(.failed(.timedOut, "c"), generation: 1, now: Timestamp(seconds: 300))
        let moved = status.conditions.filter { $0.lastTransitionTime == Timestamp(seconds: 300) }.map(\.type)
        #expect(moved == ["Succeeded", "Finished", "Reconciling", "Stalled"])
    }

    @Test func observedGenerationNeverFalls() {
        var status = AIOpsTask.Status()
        status.record(.active(.queued, ""), generation: 5, now: Timestamp(seconds: 1))
        status.record(.active(.queued, ""), generation: 4, now: Timestamp(seconds: 2))
        #expect(status.observedGeneration == 5)
    }

    @Test func recordingTheSameTwiceChangesNothing() {
        var status = AIOpsTask.Status()
        status.record(.active(.queued, "a"), generation: 1, now: Timestamp(seconds: 100))
        let before = status
        status.record(.active(.queued, "a"), generation: 1, now: Timestamp(seconds: 200))
        #expect(status == before)
    }

    @Test(arguments: [
        (ServiceProgress.serving(.workersReady, ""), KStatus.current),
        (.progressing(.scaling, ""), .inProgress), (.stalled(.invalidSpec, ""), .failed),
    ])
    func poolsAreSeenAsTheyAre(progress: ServiceProgress, expected: KStatus) {
        var status = WorkerPool.Status()
        status.record(progress, generation: 1, now: Timestamp(seconds: 1))
        #expect(KStatus.of(generation: 1, observedGeneration: 1, conditions: status.conditions) == expected)
        #expect(status.conditions.get(.succeeded) == nil)
    }

    static let endings: [(TaskEnding, SuccessPolicy, Phase, Reason)] = [
        (.completed(.passed), .completed, .succeeded, .completed),
        (.completed(.failed), .completed, .succeeded, .completed),
        (.completed(.inconclusive), .completed, .succeeded, .completed),
        (.completed(nil), .completed, .succeeded, .completed),
        (.completed(.error), .completed, .failed, .evaluationFailed),
        (.completed(.passed), .passed, .succeeded, .completed),
        (.completed(.failed), .passed, .failed, .verdictNotPassed),
        (.completed(.inconclusive), .passed, .failed, .verdictNotPassed),
        (.completed(.error), .passed, .failed, .evaluationFailed),
        (.stopped(.providerAuthFailed, "401"), .completed, .failed, .providerAuthFailed),
        (.cancelled("by spec.cancel"), .completed, .cancelled, .cancelled),
    ]

    @Test(arguments: endings)
    func theVerdictAndTheRunAreDifferentThings(
        ending: TaskEnding, policy: SuccessPolicy, phase: Phase, reason: Reason
    ) {
        #expect(ending.phase(under: policy) == phase)
        #expect(ending.progress(under: policy).reason == reason)
    }

    @Test func aConditionMessageIsBounded() {
        var status = AIOpsTask.Status()
        status.record(
            .active(.running, String(repeating: "y", count: 9_000)), generation: 1, now: Timestamp(seconds: 1))
        #expect(status.conditions.allSatisfy { $0.message.count == 2048 })
    }
}
