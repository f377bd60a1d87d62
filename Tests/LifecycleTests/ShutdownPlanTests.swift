import Testing

@testable import Lifecycle

@Suite struct ShutdownPlanTests {
    @Test func stopsInReverseOneAfterAnother() {
        var plan = ShutdownPlan(count: 3)
        #expect(plan.step(.stopRequested) == [.startGracePeriod, .stop(2)])
        #expect(plan.step(.ended(2)) == [.stop(1)])
        #expect(plan.step(.ended(1)) == [.stop(0)])
        #expect(plan.step(.ended(0)) == [.finished])
    }

    @Test func serviceThatEndsUnaskedStopsTheOthers() {
        var plan = ShutdownPlan(count: 3)
        #expect(plan.step(.ended(1)) == [.endedUnasked(1), .startGracePeriod, .stop(2)])
        #expect(plan.step(.ended(2)) == [.stop(0)])
        #expect(plan.step(.ended(0)) == [.finished])
    }

    @Test func serviceThatEndsOutOfTurnIsNotAskedLater() {
        var plan = ShutdownPlan(count: 3)
        _ = plan.step(.stopRequested)
        #expect(plan.step(.ended(1)) == [])
        #expect(plan.step(.ended(2)) == [.stop(0)])
    }

    @Test func secondRequestStopsAllAtOnce() {
        var plan = ShutdownPlan(count: 3)
        _ = plan.step(.stopRequested)
        #expect(plan.step(.stopRequested) == [.stop(1), .stop(0)])
        #expect(plan.step(.stopRequested) == [])
    }

    @Test func overdueNamesWhoIsLateAndStopsAll() {
        var plan = ShutdownPlan(count: 3)
        _ = plan.step(.stopRequested)
        _ = plan.step(.ended(2))
        #expect(plan.step(.overdue) == [.reportOverdue([0, 1]), .stop(0)])
        _ = plan.step(.ended(0))
        #expect(plan.step(.ended(1)) == [.finished])
    }

    @Test func strangeInputsAreIgnored() {
        var plan = ShutdownPlan(count: 1)
        #expect(plan.step(.ended(5)) == [])
        #expect(plan.step(.ended(0)) == [.endedUnasked(0), .startGracePeriod, .finished])
        #expect(plan.step(.ended(0)) == [])
    }
}
