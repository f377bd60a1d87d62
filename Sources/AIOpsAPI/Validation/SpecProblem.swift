/// One thing that is wrong with a spec, said so that its author can mend it.
package struct SpecProblem: Sendable, Hashable, CustomStringConvertible {
    package enum Kind: String, Sendable, Hashable {
        case required = "Required"
        case unknownField = "UnknownField"
        case wrongType = "WrongType"
        case tooLong = "TooLong"
        case outOfRange = "OutOfRange"
        case unknownValue = "UnknownValue"
        case malformed = "Malformed"
        case duplicate = "Duplicate"
        /// A rule across fields.
        case conflict = "Conflict"
        /// A change that came too late.
        case immutable = "Immutable"
        /// Right by the API, and nothing this version does.
        case notServed = "NotServed"
    }

    /// Where, for example `spec.agent.model.provider`.
    package var path: String
    package var reason: Kind
    /// What to do about it; never repeats a value longer than a few words, since values may be secret.
    package var message: String

    package init(path: String, reason: Kind, message: String) {
        self.path = path
        self.reason = reason
        self.message = message
    }

    /// A broken rule: its own message, and what was found instead.
    package init(_ rule: Rule, at path: String, found: String? = nil) {
        self.path = rule.field.map { "\(path).\($0)" } ?? path
        reason = .conflict
        message = found.map { "\(rule.message); found \($0)" } ?? rule.message
    }

    package var description: String { "\(path): \(message)" }
}

extension [SpecProblem] {
    /// All problems in one bounded text, for the message of a condition.
    package var summary: String {
        let shown = prefix(5).map(\.description).joined(separator: " | ")
        let text = count > 5 ? "\(shown) | and \(count - 5) more" : shown
        return text.unicodeScalars.count <= 2048 ? text : String(text.unicodeScalars.prefix(2045)) + "..."
    }
}
