package import Environments
package import JSON
import Primitives

/// Grades answers: the part that needs no cluster.
package enum Grading {
    /// The grade of an answer, given that the truth still holds.
    ///
    /// A submission is nil when the agent never submitted, null when it submitted without an argument. The grade is nil
    /// for a mitigation, whose answer is the cluster.
    package static func answer(_ submission: JSONValue?, taskType: TaskType, truth: Truth) -> Grade? {
        switch taskType {
        case .detection: DetectionOracle.grade(submission, truth: truth)
        case .localization: LocalizationOracle.grade(submission, truth: truth)
        case .analysis: AnalysisOracle.grade(submission, truth: truth)
        case .mitigation: nil
        }
    }

    /// What an answer is worth about a truth that had expired: nothing either way.
    package static func expired(_ grade: Grade, because reason: String) -> Grade {
        var grade = grade
        grade.verdict = .inconclusive
        grade.reason = "TruthExpired"
        grade.message = "\(reason); \(grade.message)"
        return grade
    }

    /// What the work of an agent is worth that was not let finish: what it has mended by then, and nothing against it.
    ///
    /// `grade` is that of the state it left behind, where the state is the answer.
    package static func cutShort(_ cut: CutShort, _ grade: Grade?) -> Grade {
        guard var grade else { return Grade(verdict: .inconclusive, reason: cut.reason, message: cut.told) }
        guard grade.verdict != .passed else { return grade }
        grade.verdict = .inconclusive
        grade.reason = cut.reason
        grade.message = "\(cut.told); by then: \(grade.message)"
        return grade
    }

    /// Adds the timers and counters of the reference.
    package static func adding(_ figures: RunFigures, to grade: Grade, taskType: TaskType) -> Grade {
        let timer =
            switch taskType {
            case .detection: "TTD"
            case .localization: "TTL"
            case .analysis: "TTA"
            case .mitigation: "TTM"
            }
        var grade = grade
        grade.results[timer] = Decimals.number(figures.elapsed.seconds)
        grade.results["steps"] = .integer(Int64(figures.steps))
        grade.results["in_tokens"] = .integer(figures.inputTokens)
        grade.results["out_tokens"] = .integer(figures.outputTokens)
        grade.scores["agentSeconds"] = Decimals.text(figures.elapsed.seconds)
        return grade
    }
}
