import JSON
import KubernetesModel
import Primitives
import Testing

@Suite struct ConditionTests {
    private let early = Timestamp(seconds: 1_000)
    private let late = Timestamp(seconds: 2_000)

    @Test func theTransitionTimeMovesOnlyWithTheStatus() {
        var conditions: [Condition] = []
        let changed1 = conditions.set(Condition(type: "Ready", status: .false, reason: "A"), now: early)
        #expect(changed1)
        let changed2 = conditions.set(Condition(type: "Ready", status: .false, reason: "B", message: "m"), now: late)
        #expect(changed2)
        #expect(conditions.get("Ready")?.lastTransitionTime == early)
        #expect(conditions.get("Ready")?.reason == "B")
        let changed3 = conditions.set(Condition(type: "Ready", status: .false, reason: "B", message: "m"), now: late)
        #expect(!changed3)
        let changed4 = conditions.set(Condition(type: "Ready", status: .true, reason: "C"), now: late)
        #expect(changed4)
        #expect(conditions.get("Ready")?.lastTransitionTime == late)
        #expect(conditions.isTrue("Ready"))
    }

    @Test func theOrderOfTheOthersStays() {
        var conditions = [
            Condition(type: "A", status: .true, reason: "R"), Condition(type: "B", status: .true, reason: "R"),
        ]
        conditions.set(Condition(type: "A", status: .false, reason: "R"), now: early)
        conditions.set(Condition(type: "C", status: .unknown, reason: "R"), now: early)
        #expect(conditions.map(\.type) == ["A", "B", "C"])
        conditions.remove("B")
        #expect(conditions.map(\.type) == ["A", "C"])
    }

    @Test func itReadsAndWritesTheAPIsForm() throws {
        let condition = Condition(
            type: "Ready", status: .unknown, reason: "R", message: "m", observedGeneration: 4, lastTransitionTime: early
        )
        #expect(condition.jsonValue()["status"] == "Unknown")
        #expect(condition.jsonValue()["lastTransitionTime"] == "1970-01-01T00:16:40Z")
        #expect(try Condition(json: condition.jsonBytes()) == condition)
    }
}
