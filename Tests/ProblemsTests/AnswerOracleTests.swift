import Environments
import JSON
import Problems
import Testing

/// Tables over what agents submit; the rules are those of the reference, section 2.2 of the benchmark note.
struct AnswerOracleTests {
    private static let fault = Truth(
        anomaly: true, components: [["mongodb-geo", "geo"], ["cart"]], systemLevel: "Virtualization",
        faultType: "Misconfiguration")
    private static let single = Truth(
        anomaly: true, components: [["store"]], systemLevel: "Virtualization", faultType: "Misconfiguration")
    private static let none = Truth(anomaly: false)

    private static let detections: [(JSONValue?, String, Bool)] = [
        ("Yes", "Correct", true), (" yes\n", "Correct", true), ("YES", "Correct", true),
        ("No", "Incorrect", false), ("Yes, there is", "Incorrect", false), ("", "Incorrect", false),
        (1, "Invalid Format", false), (true, "Invalid Format", false), (["Yes"], "Invalid Format", false),
        (nil, "Invalid Format", false), (.some(.null), "Invalid Format", false),
    ]

    @Test(arguments: detections)
    func detection(_ answer: JSONValue?, _ key: String, _ passed: Bool) {
        let grade = DetectionOracle.grade(answer, truth: Self.fault)
        #expect(grade.results["Detection Accuracy"]?.stringValue == key)
        #expect(grade.results["success"] == nil, "the reference has no such key here")
        #expect(grade.success == passed && grade.scores["detectionAccuracy"] == (passed ? "1" : "0"))
    }

    @Test func detectionOfNothing() {
        #expect(DetectionOracle.grade("no", truth: Self.none).success)
        #expect(!DetectionOracle.grade("yes", truth: Self.none).success)
        #expect(DetectionOracle.grade(Optional<JSONValue>.none, truth: Self.none).reason == "NoSubmission")
    }

    struct Case: Sendable {
        var answer: JSONValue?
        var accuracy: JSONValue
        var isSubset: Bool
        var success: Bool
        var precision: String
        var recall: String
    }

    @Test(arguments: [
        Case(answer: ["store"], accuracy: 100, isSubset: true, success: true, precision: "1", recall: "1"),
        Case(answer: "store", accuracy: 100, isSubset: true, success: true, precision: "1", recall: "1"),
        Case(answer: [" STORE "], accuracy: 100, isSubset: true, success: true, precision: "1", recall: "1"),
        Case(answer: ["store", "store"], accuracy: 100, isSubset: true, success: true, precision: "1", recall: "1"),
        Case(answer: ["store", "cart"], accuracy: 50, isSubset: true, success: false, precision: "0.5", recall: "1"),
        Case(
            answer: ["store", "cart", "front"], accuracy: .number("33.333"), isSubset: true, success: false,
            precision: "0.333", recall: "1"),
        Case(answer: ["cart"], accuracy: 0, isSubset: false, success: false, precision: "0", recall: "0"),
        Case(answer: [], accuracy: 0, isSubset: false, success: false, precision: "0", recall: "0"),
        Case(answer: nil, accuracy: 0, isSubset: false, success: false, precision: "0", recall: "0"),
        Case(answer: .null, accuracy: 0, isSubset: false, success: false, precision: "0", recall: "0"),
        Case(answer: ["store", 1], accuracy: 0, isSubset: false, success: false, precision: "0", recall: "0"),
    ])
    func localization(_ test: Case) { check(test, Self.single) }

    @Test(arguments: [
        Case(answer: ["geo", "cart"], accuracy: 100, isSubset: true, success: true, precision: "1", recall: "1"),
        Case(
            answer: ["Cart", "mongodb-geo"], accuracy: 100, isSubset: true, success: true, precision: "1", recall: "1"),
        Case(
            answer: ["geo", "mongodb-geo", "cart"], accuracy: 100, isSubset: true, success: true, precision: "1",
            recall: "1"),
        Case(answer: ["geo"], accuracy: 0, isSubset: false, success: false, precision: "1", recall: "0.5"),
        Case(
            answer: ["geo", "cart", "a", "b"], accuracy: 50, isSubset: true, success: false, precision: "0.5",
            recall: "1"),
    ])
    func localizationOfSeveralByAnyAcceptedName(_ test: Case) { check(test, Self.fault) }

    @Test func localizationOfNothing() {
        #expect(LocalizationOracle.grade([], truth: Self.none).success)
        let wrong = LocalizationOracle.grade(["store"], truth: Self.none)
        #expect(!wrong.success && wrong.results["Localization Accuracy"] == 0)
    }

    private func check(_ test: Case, _ truth: Truth) {
        let grade = LocalizationOracle.grade(test.answer, truth: truth)
        #expect(grade.results["Localization Accuracy"] == test.accuracy)
        #expect(grade.results["is_subset"] == .bool(test.isSubset))
        #expect(grade.results["success"] == .bool(test.success) && grade.success == test.success)
        #expect(grade.scores["precision"] == test.precision && grade.scores["recall"] == test.recall)
    }

    private static let analyses: [(JSONValue, Bool, Bool)] = [
        (["system_level": "virtualization", "fault_type": " Misconfiguration "], true, true),
        (["system_level": "Virtualization", "fault_type": "Code Defect"], true, false),
        (["system_level": "Application", "fault_type": "misconfiguration"], false, true),
        (["system_level": "Application"], false, false), (.null, false, false), ("Virtualization", false, false),
        (["system_level": 1, "fault_type": ["Misconfiguration"]], false, false),
    ]

    @Test(arguments: analyses)
    func analysis(_ answer: JSONValue, _ level: Bool, _ type: Bool) {
        let grade = AnalysisOracle.grade(answer, truth: Self.single)
        #expect(grade.results["system_level_correct"] == .bool(level))
        #expect(grade.results["fault_type_correct"] == .bool(type))
        #expect(grade.results["success"] == .bool(level && type) && grade.success == (level && type))
    }

    @Test func analysisOfNothing() {
        #expect(AnalysisOracle.grade(.null, truth: Self.none).success)
        #expect(AnalysisOracle.grade([:], truth: Self.none).success)
        #expect(!AnalysisOracle.grade(["system_level": "Application"], truth: Self.none).success)
        #expect(!AnalysisOracle.grade(nil, truth: Self.none).success)
    }

    @Test(arguments: [
        (TaskType.detection, "TTD"), (.localization, "TTL"), (.analysis, "TTA"), (.mitigation, "TTM"),
    ])
    func figuresGetTheKeysOfTheReference(_ type: TaskType, _ timer: String) {
        let figures = RunFigures(elapsed: .milliseconds(12_345), steps: 7, inputTokens: 100, outputTokens: 20)
        let grade = Grading.adding(
            figures, to: Grade(verdict: .passed, reason: "Correct", message: ""), taskType: type)
        #expect(grade.results[timer] == .number("12.345"))
        #expect(grade.results["steps"] == 7)
        #expect(grade.results["in_tokens"] == 100 && grade.results["out_tokens"] == 20)
    }

    /// A right answer to a truth that does not hold any more is worth as little as a wrong one.
    @Test(arguments: ["Yes", "No"])
    func anExpiredTruthGradesNobody(_ answer: String) throws {
        let answered = try #require(
            Grading.answer(.string(answer), taskType: .detection, truth: Self.fault))
        let grade = Grading.expired(answered, because: "the front door still serves")
        #expect(grade.verdict == .inconclusive && grade.reason == "TruthExpired")
    }
}
