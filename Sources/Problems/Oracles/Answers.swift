/// Texts of agents, made comparable.
enum Answers {
    static func normalised(_ text: String) -> String { trimmed(text).lowercased() }

    static func trimmed(_ text: String) -> String {
        var slice = Substring(text)
        while let first = slice.first, first.isWhitespace { slice.removeFirst() }
        while let last = slice.last, last.isWhitespace { slice.removeLast() }
        return String(slice)
    }

    /// Short enough for a message.
    static func quoted(_ text: String) -> String { text.count > 80 ? text.prefix(80) + "…" : text }
}
