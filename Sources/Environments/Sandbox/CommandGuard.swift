/// Refuses commands that would wait for a person or never end, with advice on what to do instead.
///
/// The commands of the reference (`kubectl edit`, `kubectl edit svc`, `kubectl port-forward`, `docker logs -f`,
/// `kubectl logs -f`) and their like, recognised as commands: a word in a quoted text is none.
package enum CommandGuard {
    /// Nil when the command may run, else why not and what to do instead.
    package static func refusal(_ line: String) -> String? { refusal(line, depth: 0) }

    /// Texts within texts are followed so far.
    private static let deepest = 3

    private static func refusal(_ line: String, depth: Int) -> String? {
        guard depth < deepest else { return nil }
        for words in ShellWords.commands(line) {
            let command = withoutPrefixes(words)
            guard let first = command.first else { continue }
            let name = first.split(separator: "/").last.map(String.init) ?? first
            let arguments = Array(command.dropFirst())
            if let refusal = refusal(name, arguments) { return refusal }
            if ["sh", "bash", "dash", "eval"].contains(name) {
                for text in arguments where text.contains(" ") {
                    if let refusal = refusal(text, depth: depth + 1) { return refusal }
                }
            }
        }
        return nil
    }

    private static func refusal(_ name: String, _ arguments: [String]) -> String? {
        switch name {
        case "kubectl", "k", "oc": return KubectlGuard.refusal(arguments)
        case "docker", "podman", "crictl":
            guard arguments.contains("logs"), follows(arguments) else { return nil }
            return "\(name) logs -f never ends. Use it without -f."
        case "vi", "vim", "nano", "emacs", "ed":
            return "\(name) needs a terminal. Write the file with cat <<EOF > file, or change it with sed."
        case "less", "more", "man":
            return "\(name) needs a terminal. Print the text with cat, head or grep."
        case "watch", "top", "htop":
            return "\(name) never ends. Run the command itself, again if need be."
        case "tail":
            return follows(arguments) ? "tail -f never ends. Use tail -n with a number of lines." : nil
        case "ssh", "telnet", "screen", "tmux":
            return "\(name) needs a terminal, which there is none of. Run the command here."
        default: return nil
        }
    }

    static func follows(_ arguments: [String]) -> Bool {
        arguments.contains { $0 == "-f" || $0 == "-F" || $0 == "--follow" || $0 == "--follow=true" || $0 == "-f=true" }
    }

    /// Drops assignments and commands that only run another one.
    private static func withoutPrefixes(_ words: [String]) -> [String] {
        var rest = words[...]
        while let word = rest.first {
            if isAssignment(word)
                || ["sudo", "time", "env", "nohup", "exec", "command", "xargs", "nice"].contains(word)
                || ["if", "then", "else", "elif", "while", "until", "do", "!"].contains(word)
            {
                rest = rest.dropFirst()
            } else if word == "timeout" {
                rest = rest.dropFirst().drop { $0.hasPrefix("-") }.dropFirst()
            } else {
                break
            }
        }
        return Array(rest)
    }

    private static func isAssignment(_ word: String) -> Bool {
        guard let equals = word.firstIndex(of: "="), equals > word.startIndex else { return false }
        return word[..<equals].allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
    }
}
