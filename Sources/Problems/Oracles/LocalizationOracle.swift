package import JSON
import Primitives

/// A list of component names against the faulty ones.
///
/// The score is the reference's: 100 for exactly the truth, 100 times the number of truths by the length of the
/// answer when the truth is contained in a longer one, else 0. Precision and recall stand beside it. Names are
/// compared case-insensitively, every accepted name of a component counts as that component, and a name given twice
/// counts once.
package enum LocalizationOracle {
    package static func grade(_ submission: JSONValue?, truth: Truth) -> Grade {
        guard let submission else {
            return grade(reason: "NoSubmission", message: "nothing was submitted", accuracy: 0, isSubset: false)
        }
        guard let answer = names(submission) else {
            return grade(
                reason: "InvalidFormat", message: "the answer is not a list of names", accuracy: 0, isSubset: false)
        }
        let official = Set(truth.components.compactMap(\.first).map(Answers.normalised))
        let given = Set(answer.map { canonical($0, truth) })
        let hits = given.intersection(official).count
        let isExact = given == official
        let isSubset = official.isSubset(of: given)
        let accuracy: Double =
            if isExact { 100 } else if isSubset, !given.isEmpty {
                100 * Double(official.count) / Double(given.count)
            } else { 0 }
        let precision = given.isEmpty ? (official.isEmpty ? 1 : 0) : Double(hits) / Double(given.count)
        let recall = official.isEmpty ? 1 : Double(hits) / Double(official.count)
        return grade(
            reason: isExact ? "Correct" : (isSubset ? "TooManyComponents" : "WrongAnswer"),
            message: "the answer was \(list(answer)), expected \(list(truth.components.compactMap(\.first)))",
            accuracy: accuracy, isSubset: isSubset, success: isExact, precision: precision, recall: recall)
    }

    /// A bare name stands for a list of one; nil for anything that is not made of names.
    private static func names(_ submission: JSONValue) -> [String]? {
        if let single = submission.stringValue { return [single] }
        guard let items = submission.arrayValue else { return nil }
        let names = items.compactMap(\.stringValue)
        return names.count == items.count ? names : nil
    }

    private static func canonical(_ name: String, _ truth: Truth) -> String {
        let name = Answers.normalised(name)
        let match = truth.components.first { accepted in accepted.contains { Answers.normalised($0) == name } }
        return match?.first.map(Answers.normalised) ?? name
    }

    private static func list(_ names: [String]) -> String {
        "[" + names.prefix(20).map(Answers.quoted).joined(separator: ", ") + "]"
    }

    private static func grade(
        reason: String, message: String, accuracy: Double, isSubset: Bool, success: Bool = false,
        precision: Double = 0, recall: Double = 0
    ) -> Grade {
        Grade(
            verdict: success ? .passed : .failed, reason: reason, message: message,
            results: [
                "Localization Accuracy": Decimals.number(accuracy), "success": .bool(success),
                "is_subset": .bool(isSubset),
            ],
            scores: [
                "localizationAccuracy": Decimals.text(accuracy), "precision": Decimals.text(precision),
                "recall": Decimals.text(recall),
            ])
    }
}
