import Environments
import Primitives

/// What an agent reads about a command: both streams, how it ended, and what was left out.
enum ShellReport {
    static func text(_ result: ShellResult, timeout: Duration) -> String {
        let output = streams(result)
        var parts: [String] = []
        if !result.notice.isEmpty { parts.append("[\(result.notice)]") }
        if !result.earlier.isEmpty {
            parts.append("[before it began, what an earlier command had left running was ended: \(result.earlier)]")
        }
        if !output.isEmpty { parts.append(output) }
        switch (result.cut, result.exitCode) {
        case (.timeLimit, _):
            parts.append(
                "[ended after \(timeout.wholeSeconds) s, the time limit; ask for less or give a longer timeout]")
        case (.tooMuchOutput, _):
            parts.append(
                "[ended since it had written more than \(SandboxLimits.streamBytes >> 20) MiB; write less, or into a file]"
            )
        case (nil, let exitCode?):
            parts.append(output.isEmpty ? "[no output, exit code \(exitCode)]" : "[exit code \(exitCode)]")
        case (nil, nil): parts.append("[the command did not end in sight]")
        }
        if let left = left(result) { parts.append(left) }
        return parts.joined(separator: "\n")
    }

    /// What became of the processes that were there when the command itself had ended.
    private static func left(_ result: ShellResult) -> String? {
        if result.survivors > 0 {
            let are = result.survivors == 1 ? "process is" : "processes are"
            return "[\(result.survivors) of its \(are) still listed, although told to end]"
        }
        let ended = "a listing shows that none of its processes is left"
        guard !result.left.isEmpty else { return result.cut == nil ? nil : "[\(ended)]" }
        let rule = result.cut == nil ? "; nothing but files outlasts a command" : ""
        return "[what it left running was ended (\(result.left)), and \(ended)\(rule)]"
    }

    /// Both streams and what was left out of them, without how the command ended.
    static func streams(_ result: ShellResult) -> String {
        var parts: [String] = []
        let stdout = trimmed(result.stdout)
        let stderr = trimmed(result.stderr)
        if !stdout.isEmpty { parts.append(stdout) }
        if let note = note("output", result.stdoutDropped) { parts.append(note) }
        if !stderr.isEmpty { parts.append("[stderr]\n" + stderr) }
        if let note = note("error output", result.stderrDropped) { parts.append(note) }
        return parts.joined(separator: "\n")
    }

    private static func note(_ what: String, _ dropped: Int) -> String? {
        dropped == 0
            ? nil
            : "[\(dropped) bytes left out of the middle of the \(what); use grep, head, tail or -o jsonpath to get less]"
    }

    private static func trimmed(_ text: String) -> String {
        var slice = Substring(text)
        while let last = slice.last, last.isNewline { slice.removeLast() }
        return String(slice)
    }
}
