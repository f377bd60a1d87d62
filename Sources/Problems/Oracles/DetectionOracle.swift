package import JSON

/// "Yes" or "No", compared after trimming and lower-casing.
package enum DetectionOracle {
    package static func grade(_ submission: JSONValue?, truth: Truth) -> Grade {
        let expected = truth.anomaly ? "Yes" : "No"
        guard let answer = submission?.stringValue else {
            let missing = submission == nil
            return Grade(
                verdict: .failed, reason: missing ? "NoSubmission" : "InvalidFormat",
                message: missing ? "nothing was submitted" : "the answer is not a text; expected \"\(expected)\"",
                results: ["Detection Accuracy": "Invalid Format"], scores: ["detectionAccuracy": "0"])
        }
        let correct = Answers.normalised(answer) == Answers.normalised(expected)
        return Grade(
            verdict: correct ? .passed : .failed, reason: correct ? "Correct" : "WrongAnswer",
            message: "the answer was \"\(Answers.quoted(answer))\", expected \"\(expected)\"",
            results: ["Detection Accuracy": correct ? "Correct" : "Incorrect"],
            scores: ["detectionAccuracy": correct ? "1" : "0"])
    }
}
