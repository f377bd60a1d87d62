package import JSON

/// The system level and the type of a fault, each compared case-insensitively; both must be right.
package enum AnalysisOracle {
    package static func grade(_ submission: JSONValue?, truth: Truth) -> Grade {
        guard let submission else {
            return grade(reason: "NoSubmission", message: "nothing was submitted", level: false, type: false)
        }
        guard let systemLevel = truth.systemLevel, let faultType = truth.faultType else {
            let right = submission.isNull || submission.objectValue?.isEmpty == true
            return grade(
                reason: right ? "Correct" : "WrongAnswer", message: "there was no fault to analyse", level: right,
                type: right)
        }
        guard let answer = submission.objectValue else {
            return grade(
                reason: submission.isNull ? "WrongAnswer" : "InvalidFormat",
                message: "the answer is not a map with system_level and fault_type", level: false, type: false)
        }
        let level = matches(answer["system_level"], systemLevel)
        let type = matches(answer["fault_type"], faultType)
        return grade(
            reason: level && type ? "Correct" : "WrongAnswer",
            message: "the answer was \(shown(answer["system_level"])) and \(shown(answer["fault_type"])), "
                + "expected \(systemLevel) and \(faultType)",
            level: level, type: type)
    }

    private static func matches(_ given: JSONValue?, _ expected: String) -> Bool {
        given?.stringValue.map(Answers.normalised) == Answers.normalised(expected)
    }

    private static func shown(_ given: JSONValue?) -> String { Answers.quoted(given?.stringValue ?? "nothing") }

    private static func grade(reason: String, message: String, level: Bool, type: Bool) -> Grade {
        Grade(
            verdict: level && type ? .passed : .failed, reason: reason, message: message,
            results: [
                "system_level_correct": .bool(level), "fault_type_correct": .bool(type),
                "success": .bool(level && type),
            ],
            scores: ["systemLevelCorrect": level ? "1" : "0", "faultTypeCorrect": type ? "1" : "0"])
    }
}
