/// A value that is known by its position.
package struct Argument: Sendable, Hashable {
    package var name: String
    package var summary: String
    package var isRequired: Bool
    /// Takes all that is left; only the last argument may.
    package var isRepeatable: Bool
    /// The only values accepted; empty accepts any.
    package var choices: [String]

    package init(
        _ name: String, summary: String, isRequired: Bool = true, isRepeatable: Bool = false, choices: [String] = []
    ) {
        self.name = name
        self.summary = summary
        self.isRequired = isRequired
        self.isRepeatable = isRepeatable
        self.choices = choices
    }

    var usage: String {
        let shown = "<\(name)>" + (isRepeatable ? "..." : "")
        return isRequired ? shown : "[\(shown)]"
    }
}
