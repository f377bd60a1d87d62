/// Says of a shell command that it certainly changes nothing.
///
/// In doubt it says no.
///
/// Used after a crash to decide whether a command whose outcome was lost may be run again, so a wrong yes would do harm
/// and a wrong no only costs the agent one more step.
package enum ReadOnlyCommands {
    private static let readers: Set<String> = [
        "cat", "head", "tail", "grep", "egrep", "fgrep", "jq", "wc", "sort", "uniq", "cut", "tr", "echo", "ls", "pwd",
        "sleep", "date", "true", "column", "nslookup", "whoami", "id",
    ]
    private static let kubectlReaders: Set<String> = [
        "get", "describe", "logs", "top", "explain", "version", "api-resources", "api-versions", "cluster-info",
        "events",
        "wait", "diff",
    ]
    private static let twoWordReaders: [String: Set<String>] = [
        "rollout": ["status", "history"], "auth": ["can-i", "whoami"], "config": ["view", "current-context"],
    ]
    /// Options of kubectl that may stand before the verb and take a value.
    private static let valueOptions: Set<String> = ["-n", "--namespace", "--context", "--request-timeout", "-v"]

    package static func isReadOnly(_ command: String) -> Bool {
        guard let parts = commands(command), !parts.isEmpty else { return false }
        return parts.allSatisfy(reads)
    }

    private static func reads(_ words: [String]) -> Bool {
        guard let name = words.first else { return false }
        if writesAnyway(name, words.dropFirst()) { return false }
        if readers.contains(name) { return true }
        guard name == "kubectl" else { return false }
        var rest = words.dropFirst()
        while let option = rest.first, option.hasPrefix("-") {
            rest = rest.dropFirst()
            if valueOptions.contains(option) {
                rest = rest.dropFirst()
            } else if !option.contains("=") {
                // It may take the next word for its value, and what follows that would be the verb.
                return false
            }
        }
        guard let verb = rest.first else { return false }
        if kubectlReaders.contains(verb) {
            return !rest.contains { $0.hasPrefix("--raw") || $0.hasPrefix("--profile") || $0 == "dump" }
        }
        guard let second = rest.dropFirst().first else { return false }
        return twoWordReaders[verb]?.contains(second) ?? false
    }

    /// Readers that write with certain arguments: `sort -o file`, `uniq in out`, `date -s`.
    private static func writesAnyway(_ name: String, _ arguments: ArraySlice<String>) -> Bool {
        switch name {
        case "sort": arguments.contains { $0.hasPrefix("-") && $0.contains("o") }
        case "uniq": arguments.contains { !$0.hasPrefix("-") }
        case "date": arguments.contains { !$0.hasPrefix("+") }
        default: false
        }
    }

    /// The simple commands of a line joined by `;`, `&&`, `||`, `|` or line feeds.
    ///
    /// - Returns: nothing when the line holds something not understood: redirections, substitutions, groups, assignments.
    private static func commands(_ line: String) -> [[String]]? {
        var commands: [[String]] = []
        var words: [String] = []
        var word: String?
        var quote: Character?
        func isPlain(_ first: String) -> Bool { !first.contains("=") && !first.isEmpty }
        func endWord() {
            if let done = word { words.append(done) }
            word = nil
        }
        func endCommand() {
            endWord()
            if !words.isEmpty { commands.append(words) }
            words = []
        }
        for character in line {
            if let open = quote {
                if character == open {
                    quote = nil
                } else if open == "\"", character == "$" || character == "`" || character == "\\" {
                    return nil
                } else {
                    word = (word ?? "") + String(character)
                }
                continue
            }
            switch character {
            case "'", "\"":
                quote = character
                word = word ?? ""
            case " ", "\t": endWord()
            case ";", "|", "\n": endCommand()
            case "&":
                // A lone & would leave a process behind; && is two of them and is told apart below.
                endCommand()
            case "$", "`", "\\", "<", ">", "(", ")", "{", "}", "!", "#", "*", "?", "~": return nil
            default: word = (word ?? "") + String(character)
            }
        }
        if quote != nil { return nil }
        endCommand()
        if hasLoneAmpersand(line) { return nil }
        return commands.allSatisfy { isPlain($0.first ?? "") } ? commands : nil
    }

    private static func hasLoneAmpersand(_ line: String) -> Bool {
        var run = 0
        for character in line + " " {
            if character == "&" {
                run += 1
            } else {
                if run == 1 || run > 2 { return true }
                run = 0
            }
        }
        return false
    }
}
