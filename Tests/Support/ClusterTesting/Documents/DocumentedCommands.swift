/// The commands that a page of Markdown shows, and the YAML beside them, by heading.
///
/// A command is a line that is indented by four spaces, with those it goes on in by a backslash; lines that show what it prints are
/// told by the `$ ` before the command.
package struct DocumentedCommands: Sendable {
    package struct Section: Sendable {
        package var heading: String
        package var commands: [String] = []
        package var examples: [String] = []
    }

    package private(set) var sections: [Section] = [Section(heading: "")]

    package init(_ page: String) {
        var lines = page.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)[...]
        while let line = lines.popFirst() {
            if line.hasPrefix("#") {
                sections.append(Section(heading: String(line.drop { $0 == "#" || $0 == " " })))
            } else if line.hasPrefix("```") {
                let example = lines.prefix { !$0.hasPrefix("```") }
                lines = lines.dropFirst(example.count + 1)
                if line == "```yaml" { note { $0.examples.append(example.joined(separator: "\n")) } }
            } else if line.hasPrefix("    $ ") {
                note { $0.commands.append(String(line.dropFirst(6))) }
                lines = lines.drop { $0.hasPrefix("    ") && !$0.hasPrefix("    $ ") }
            } else if line.hasPrefix("    ") {
                var command = line
                while command.hasSuffix("\\"), let next = lines.popFirst() { command = command.dropLast() + next }
                note { $0.commands.append(Self.withoutRemark(command.drop { $0 == " " })) }
            }
        }
    }

    package func section(_ heading: String) -> Section? { sections.first { $0.heading == heading } }

    package var commands: [String] { sections.flatMap(\.commands) }

    private mutating func note(_ change: (inout Section) -> Void) { change(&sections[sections.count - 1]) }

    private static func withoutRemark(_ command: Substring) -> String {
        var text = String(command)
        if let remark = text.firstRange(of: "  # ") { text = String(text[..<remark.lowerBound]) }
        while text.last == " " { text.removeLast() }
        return text
    }

    /// The words of a command as a shell sees them; what it would put in place of `$(…)` stays as it is.
    package static func words(_ command: String) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        for character in command {
            switch (quote, character) {
            case (nil, " "):
                if let word { words.append(word) }
                word = nil
            case (nil, "'"), (nil, "\""):
                quote = character
                word = word ?? ""
            case (let open?, let close) where open == close: quote = nil
            default: word = (word ?? "") + String(character)
            }
        }
        if let word { words.append(word) }
        return words
    }
}
