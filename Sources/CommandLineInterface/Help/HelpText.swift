/// Help for one command, wrapped.
enum HelpText {
    private static let width = 80
    private static let widestLabel = 30

    /// `path` begins with the root.
    static func render(_ path: [Command]) -> String {
        guard let command = path.last else { return "" }
        var sections = [command.summary, "Usage: \(usage(path))"]
        let discussion = command.discussion.split(separator: "\n\n").map {
            TextWrap.paragraph(String($0), width: width)
        }
        if !discussion.isEmpty { sections.append(discussion.joined(separator: "\n\n")) }
        let inherited = path.dropLast().flatMap(\.options)
        sections += [
            section("Arguments", command.arguments.map { ("<\($0.name)>", $0.summary + choices($0.choices)) }),
            section("Commands", command.subcommands.map { ($0.name, $0.summary) }),
            section("Options", command.options.map(entry) + builtIn(isRoot: path.count == 1)),
            section("Options of all commands", inherited.map(entry)),
        ].compactMap(\.self)
        if !command.subcommands.isEmpty {
            sections.append("Run '\(names(path)) help <command>' for help about a command.")
        }
        return sections.joined(separator: "\n\n") + "\n"
    }

    /// What the parser answers by itself.
    private static func builtIn(isRoot: Bool) -> [(String, String)] {
        let help = ("-h, --help", "Show help")
        return isRoot ? [help, ("    --version", "Print the version")] : [help]
    }

    static func usage(_ path: [Command]) -> String {
        guard let command = path.last else { return "" }
        let required = command.options.filter(\.isRequired).map { "--\($0.name) <\($0.valueName ?? "")>" }
        let words = [names(path)] + required + ["[options]"] + command.arguments.map(\.usage)
        return (words + (command.subcommands.isEmpty ? [] : [command.run == nil ? "<command>" : "[<command>]"]))
            .joined(separator: " ")
    }

    private static func names(_ path: [Command]) -> String { path.map(\.name).joined(separator: " ") }

    private static func entry(_ option: Option) -> (String, String) {
        let short = option.short.map { "-\($0), " } ?? "    "
        let value = option.valueName.map { option.impliedValue == nil ? " <\($0)>" : "[=\($0)]" } ?? ""
        var summary = option.summary + choices(option.choices)
        if let text = option.defaultValue { summary += " (default: \(text))" }
        if option.isRepeatable { summary += " (may be repeated)" }
        if option.isRequired { summary += " (required)" }
        return ("\(short)--\(option.name)\(value)", summary)
    }

    private static func choices(_ choices: [String]) -> String {
        choices.isEmpty ? "" : " [\(choices.joined(separator: ", "))]"
    }

    private static func section(_ title: String, _ entries: [(label: String, text: String)]) -> String? {
        guard !entries.isEmpty else { return nil }
        let column = min(widestLabel, entries.map(\.label.count).max() ?? 0) + 4
        return ([title + ":"] + entries.map { row($0.label, $0.text, column) }).joined(separator: "\n")
    }

    private static func row(_ label: String, _ text: String, _ column: Int) -> String {
        let indent = String(repeating: " ", count: column)
        let body = TextWrap.paragraph(text, width: width - column).split(separator: "\n").joined(
            separator: "\n" + indent)
        guard label.count + 4 <= column else { return "  \(label)\n\(indent)\(body)" }
        return "  " + label + String(repeating: " ", count: column - 2 - label.count) + body
    }
}
