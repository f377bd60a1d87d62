/// What an answer is worth.
///
/// An infrastructure error is none of these: it is thrown.
package enum Verdict: String, Sendable, Hashable {
    case passed = "Passed"
    case failed = "Failed"
    /// The truth did not hold any more when the answer was graded, or the agent was cancelled before it had one.
    case inconclusive = "Inconclusive"
}
