import Primitives

/// How a model was asked that did not answer.
package struct AskedInVain: Sendable, Hashable, CustomStringConvertible {
    /// Calls, those included that were held back on our side.
    package var tries: Int
    package var time: Duration
    /// The task's own time was over, or would have been before the next try.
    package var isCutByTask: Bool

    /// By a failure that no second try mends, however often others came before it.
    static let once = AskedInVain(tries: 1, time: .zero, isCutByTask: false)

    /// Empty where there is nothing to say but that it was asked.
    package var description: String {
        let seconds = time.wholeSeconds
        var parts: [String] = []
        if tries > 1 || seconds > 0 {
            parts.append("tried \(tries == 1 ? "once" : "\(tries) times"), for \(seconds) s in all")
        }
        if isCutByTask { parts.append("and then the task's own time was over (spec.limits.timeoutSeconds)") }
        return parts.joined(separator: ", ")
    }
}
