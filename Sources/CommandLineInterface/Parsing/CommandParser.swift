/// Reads a command line against a declared tree.
///
/// Invariants: `path` begins with the root and each command is a subcommand of the one before it; `words` holds what is
/// neither an option nor a command; the first problem ends the reading.
struct CommandParser {
    private var path: [Command]
    private var rest: ArraySlice<String>
    private var words: [String] = []
    private var given: [(option: Option, value: String?)] = []

    /// Takes the arguments without the name of the program.
    static func parse(_ arguments: [String], root: Command) throws(UsageError) -> Invocation {
        var parser = CommandParser(path: [root], rest: arguments[...])
        do {
            return try parser.read()
        } catch {
            var told = error
            told.commandPath = parser.path.dropFirst().map(\.name)
            throw told
        }
    }

    private init(path: [Command], rest: ArraySlice<String>) {
        self.path = path
        self.rest = rest
    }

    private mutating func read() throws(UsageError) -> Invocation {
        while let token = rest.popFirst() {
            if token == "--" {
                words += rest
                break
            }
            switch token {
            case "--help", "-h":
                return .help(path)
            case "--version" where path.count == 1:
                return .version
            case "help" where words.isEmpty && !command.subcommands.isEmpty && subcommand("help") == nil:
                return .help(try helpPath())
            default:
                try read(token)
            }
        }
        return try finish()
    }

    private mutating func read(_ token: String) throws(UsageError) {
        if token.hasPrefix("--") {
            try readLong(token.dropFirst(2))
        } else if token.hasPrefix("-") && token.count > 1 {
            try readShort(token.dropFirst())
        } else if words.isEmpty && !command.subcommands.isEmpty {
            try descend(token)
        } else {
            words.append(token)
        }
    }

    private mutating func readLong(_ token: Substring) throws(UsageError) {
        let parts = token.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts.first ?? "")
        guard let option = options.first(where: { $0.name == name }) else {
            throw unknown("option", "--\(name)", options.map { "--\($0.name)" } + ["--help"])
        }
        try take(option, "--\(name)", attached: parts.count == 2 ? parts.last.map(String.init) : nil)
    }

    /// `-n value`, `-nvalue`, and flags written together.
    private mutating func readShort(_ token: Substring) throws(UsageError) {
        var letters = token
        while let letter = letters.popFirst() {
            guard let option = options.first(where: { $0.short == letter }) else {
                throw unknown("option", "-\(letter)", options.compactMap { $0.short.map { "-\($0)" } })
            }
            guard option.isFlag else {
                let value = letters.first == "=" ? letters.dropFirst() : letters
                try take(option, "-\(letter)", attached: letters.isEmpty ? nil : String(value))
                return
            }
            try take(option, "-\(letter)", attached: nil)
        }
    }

    private mutating func take(_ option: Option, _ shown: String, attached: String?) throws(UsageError) {
        guard !option.isFlag else {
            guard attached == nil else { throw UsageError("\(shown) takes no value") }
            given.append((option, nil))
            return
        }
        let value: String
        if let attached {
            value = attached
        } else if let implied = option.impliedValue {
            value = implied
        } else {
            guard let next = rest.first else { throw UsageError("\(shown) needs a value <\(option.valueName ?? "")>") }
            guard !next.hasPrefix("--") else {
                throw UsageError("\(shown) needs a value; write \(shown)=\(next) if \(next) is one")
            }
            value = next
            rest.removeFirst()
        }
        try check(value, option.choices, shown)
        if let most = option.mostSeconds { _ = try Seconds.read(value, atMost: most, shown) }
        guard option.isRepeatable || !given.contains(where: { $0.option.name == option.name }) else {
            throw UsageError("\(shown) is given twice")
        }
        given.append((option, value))
    }

    private mutating func descend(_ name: String) throws(UsageError) {
        guard let next = subcommand(name) else {
            throw unknown("command", name, command.subcommands.map(\.name) + ["help"])
        }
        path.append(next)
    }

    private mutating func helpPath() throws(UsageError) -> [Command] {
        while let name = rest.popFirst() {
            guard !name.hasPrefix("-") else { continue }
            try descend(name)
        }
        return path
    }

    private func finish() throws(UsageError) -> Invocation {
        guard command.run != nil else {
            guard let word = words.first else {
                throw UsageError(
                    "\(command.name) needs a command: \(command.subcommands.map(\.name).joined(separator: ", "))")
            }
            throw unknown("command", word, command.subcommands.map(\.name))
        }
        var parsed = ParsedArguments(
            options: options, arguments: command.arguments, commandPath: path.dropFirst().map(\.name))
        for (option, value) in given {
            if let value { parsed.add(value, to: option) } else { parsed.raise(option) }
        }
        for option in options where option.isRequired && parsed.count(of: option) == 0 {
            throw UsageError("--\(option.name) <\(option.valueName ?? "")> is required")
        }
        try place(into: &parsed)
        return .run(command, parsed)
    }

    private func place(into parsed: inout ParsedArguments) throws(UsageError) {
        var left = words[...]
        for argument in command.arguments {
            guard !left.isEmpty else {
                guard !argument.isRequired else {
                    let choices = argument.choices.isEmpty ? "" : ": \(Self.oneOf(argument.choices))"
                    throw UsageError("<\(argument.name)> is missing\(choices)")
                }
                continue
            }
            repeat {
                guard let word = left.popFirst() else { break }
                try check(word, argument.choices, "<\(argument.name)>")
                parsed.add(word, to: argument)
            } while argument.isRepeatable
        }
        guard let extra = left.first else { return }
        throw UsageError("unexpected argument \"\(extra)\"")
    }

    private func check(_ value: String, _ choices: [String], _ shown: String) throws(UsageError) {
        guard choices.isEmpty || choices.contains(value) else {
            let hint = Spelling.nearest(to: value, in: choices).map { ", did you mean \"\($0)\"?" } ?? ""
            throw UsageError("\(shown) must be \(Self.oneOf(choices)), not \"\(value)\"\(hint)")
        }
    }

    private static func oneOf(_ choices: [String]) -> String {
        (choices.count == 1 ? "" : "one of ") + choices.joined(separator: ", ")
    }

    private func unknown(_ what: String, _ name: String, _ known: [String]) -> UsageError {
        let hint = Spelling.nearest(to: name, in: known).map { ", did you mean \"\($0)\"?" } ?? ""
        return UsageError("unknown \(what) \"\(name)\"\(hint)")
    }

    private func subcommand(_ name: String) -> Command? { command.subcommands.first { $0.name == name } }

    private var command: Command { path[path.count - 1] }

    /// Those of the command and of all above it.
    private var options: [Option] { path.flatMap(\.options) }
}
