import Agent
import Environments
import JSON
import Primitives

/// `exec_shell`: one command in the sandbox.
struct ExecShellTool: Sendable {
    let shell: SandboxShell
    let time: any TimeSource
    let redact: @Sendable (String) -> String

    static let standardTimeout = Duration.seconds(30)
    static let description = ToolDescription(
        name: "exec_shell",
        summary: """
            Runs one shell command in a sandbox with kubectl, curl and jq and returns its output, errors and exit code. \
            kubectl uses the application's namespace by default. Commands are not interactive, and nothing but files \
            under the home folder is kept from one to the next: what a command leaves running is ended. Do not use commands that never end, such as \
            kubectl logs -f, kubectl port-forward or kubectl edit.
            """,
        parameters: [
            ToolParameter("command", .text, "the command to run."),
            ToolParameter(
                "timeout", .integer,
                "seconds after which it is ended; at most \(SandboxShell.longest.wholeSeconds).",
                standard: .integer(standardTimeout.wholeSeconds)),
        ],
        returns: "what the command wrote, and its exit code.",
        effect: .shell(argument: "command"),
        examples: [
            "exec_shell(\"kubectl get pods\")", "exec_shell(\"kubectl describe service some-service\")",
        ])

    func perform(_ action: AgentAction) async throws(ToolError) -> Observation {
        guard let command = action.string("command", at: 0), command.contains(where: { !$0.isWhitespace }) else {
            return Observation(text: "exec_shell needs a command, as in exec_shell(\"kubectl get pods\").")
        }
        var timeout = Self.standardTimeout
        if let given = action.value("timeout", at: 1), !given.isNull {
            guard let seconds = given.integerValue, seconds > 0 else {
                return Observation(text: "The timeout of exec_shell is a whole number of seconds above 0.")
            }
            timeout = .seconds(min(seconds, SandboxShell.longest.wholeSeconds))
        }
        guard command.utf8.count <= Self.longestCommand else {
            return Observation(text: "The command is too long: at most \(Self.longestCommand) bytes are allowed.")
        }
        if let advice = CommandGuard.refusal(command) {
            return Observation(text: "Not run: \(advice)", metadata: ["refused": true])
        }
        let begun = time.monotonicNow()
        let result: ShellResult
        do {
            result = try await shell.run(command, timeout: timeout)
        } catch {
            var seen = ""
            if case .commandLost(_, let result) = error { seen = redact(ShellReport.streams(result)) }
            throw ToolError(
                "\(error)", isRetryable: error.isRetryable, isUserError: error.isUserError,
                isCancelled: error.isCancelled, mayHaveTakenEffect: error.mayHaveTakenEffect, seen: seen, cause: error)
        }
        var metadata: JSONObject = [
            "timedOut": .bool(result.timedOut),
            "droppedBytes": .integer(Int64(result.stdoutDropped + result.stderrDropped)),
            "milliseconds": .integer((time.monotonicNow() - begun).milliseconds),
        ]
        let ended = result.earlier.count + result.left.count
        if ended > 0 { metadata["endedProcesses"] = .integer(Int64(ended)) }
        if result.survivors > 0 { metadata["leftProcesses"] = .integer(Int64(result.survivors)) }
        if let exitCode = result.exitCode { metadata["exitCode"] = .integer(Int64(exitCode)) }
        return Observation(text: redact(ShellReport.text(result, timeout: timeout)), metadata: metadata)
    }

    /// It travels in a URL.
    static let longestCommand = 16 * 1024
}
