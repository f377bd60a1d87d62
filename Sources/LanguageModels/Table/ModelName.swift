/// The spellings of one model.
package enum ModelName {
    /// The name that tables know: without the vendor before a slash (`openai/gpt-4o`), without the day of a snapshot behind
    /// (`gpt-4o-2024-11-20`, `claude-haiku-4-5-20251001`), and for Claude with dashes for points (`claude-haiku-4.5`).
    ///
    /// A variant behind a colon (`:free`) stays, since it has prices of its own.
    package static func base(_ name: String) -> String {
        var base = name.split(separator: "/").last.map(String.init) ?? name
        if base.hasPrefix("claude-") { base = String(base.map { $0 == "." ? "-" : $0 }) }
        let parts = base.split(separator: "-", omittingEmptySubsequences: false)
        let date = parts.suffix(3)
        if parts.count > 3, date.map(\.count) == [4, 2, 2], date.allSatisfy({ $0.allSatisfy(\.isWholeNumber) }) {
            return parts.dropLast(3).joined(separator: "-")
        }
        if parts.count > 1, let last = parts.last, last.count == 8, last.allSatisfy(\.isWholeNumber) {
            return parts.dropLast().joined(separator: "-")
        }
        return base
    }

    /// Without what stands behind a colon.
    static func withoutVariant(_ name: String) -> String {
        String(name.prefix { $0 != ":" })
    }
}
