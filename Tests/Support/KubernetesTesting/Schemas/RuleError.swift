/// Why a rule has no answer, or is none.
struct RuleError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
