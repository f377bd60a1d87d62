/// Checks a declared tree; meant for tests, where a defect is found before a user finds it.
package enum CommandTree {
    /// What is wrong with a tree, one sentence each; empty when it is sound.
    package static func problems(in root: Command) -> [String] {
        problems(root, path: [], inherited: [])
    }

    private static func problems(_ command: Command, path: [String], inherited: [Option]) -> [String] {
        let path = path + [command.name]
        let place = path.joined(separator: " ")
        var found: [String] = []
        if !isName(command.name) { found.append("bad command name") }
        if command.summary.isEmpty || command.summary.hasSuffix(".") || command.summary.contains("\n") {
            found.append("summary must be one line without a full stop")
        }
        if !command.arguments.isEmpty && !command.subcommands.isEmpty {
            found.append("arguments and subcommands cannot be told apart")
        }
        if command.run == nil && command.subcommands.isEmpty { found.append("nothing to run") }
        found += repeated(command.subcommands.map(\.name)).map { "subcommand \($0) comes twice" }
        found += argumentProblems(command.arguments)
        found += optionProblems(command.options, visible: inherited + command.options)
        return found.map { "\(place): \($0)" }
            + command.subcommands.flatMap { problems($0, path: path, inherited: inherited + command.options) }
    }

    private static func argumentProblems(_ arguments: [Argument]) -> [String] {
        var found = repeated(arguments.map(\.name)).map { "argument \($0) comes twice" }
        for (argument, next) in zip(arguments, arguments.dropFirst()) {
            if argument.isRepeatable { found.append("argument \(argument.name) takes all, yet \(next.name) follows") }
            if !argument.isRequired && next.isRequired {
                found.append("required argument \(next.name) follows an optional one")
            }
        }
        found += arguments.filter { !isName($0.name) }.map { "bad argument name \($0.name)" }
        found += arguments.filter { !$0.choices.allSatisfy(isWord) }.map { "bad choices of \($0.name)" }
        return found
    }

    private static func optionProblems(_ options: [Option], visible: [Option]) -> [String] {
        var found = repeated(visible.map(\.name)).map { "option --\($0) comes twice" }
        found += repeated(visible.compactMap(\.short).map(String.init)).map { "option -\($0) comes twice" }
        for option in options {
            if !isName(option.name) { found.append("bad option name \(option.name)") }
            if option.name == "help" || option.name == "version" || option.short == "h" {
                found.append("option --\(option.name) is reserved")
            }
            if option.summary.isEmpty || option.summary.hasSuffix(".") {
                found.append("summary of --\(option.name) must be one line without a full stop")
            }
            if option.isRequired && option.defaultValue != nil {
                found.append("option --\(option.name) is required and has a default")
            }
            if let value = option.defaultValue, !option.choices.isEmpty, !option.choices.contains(value) {
                found.append("the default of --\(option.name) is not among its choices")
            }
            if !option.choices.allSatisfy(isWord) { found.append("bad choices of --\(option.name)") }
        }
        return found
    }

    private static func repeated(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { !seen.insert($0).inserted }
    }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, first != UInt8(ascii: "-") else { return false }
        return text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }

    /// Needs no quotes in a shell.
    private static func isWord(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy {
                (0x61...0x7A).contains($0 | 0x20) && $0 >= 0x41 || (0x2D...0x39).contains($0) || $0 == 0x5F
            }
    }
}
