import Environments
import Primitives

/// What an agent reads about a command: both streams, how it ended, and what was left out.
enum ShellReport {
    static func text(_ result: ShellResult, timeout: Duration) -> String {
        var parts = [streams(result)].filter { !$0.isEmpty }
        if result.timedOut {
            parts.append(
                "[ended after \(timeout.wholeSeconds) s, the time limit; ask for less or give a longer timeout]")
        } else if let exitCode = result.exitCode {
            parts.append(parts.isEmpty ? "[no output, exit code \(exitCode)]" : "[exit code \(exitCode)]")
        } else {
            parts.append("[the command did not end in sight]")
        }
        return parts.joined(separator: "\n")
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
