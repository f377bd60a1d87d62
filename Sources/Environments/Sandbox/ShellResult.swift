/// How a command of the agent went.
package struct ShellResult: Sendable, Hashable {
    /// Why a command was ended that did not end by itself.
    package enum Cut: Sendable, Hashable {
        case timeLimit
        /// It wrote more than anybody keeps.
        case tooMuchOutput
    }

    package var stdout: String
    package var stderr: String
    /// Nil when the command did not end by itself.
    package var exitCode: Int32?
    package var cut: Cut?
    /// Bytes cut from the middle of a stream.
    package var stdoutDropped: Int
    package var stderrDropped: Int
    /// What ran before the command began, and was ended.
    package var earlier = ProcessNames()
    /// What ran when the command itself had ended, and was ended.
    package var left = ProcessNames()
    /// How many processes a listing shows after that: none, unless the kernel did not let go of them.
    package var survivors = 0
    /// What became of the sandbox since the last command; empty for nothing.
    package var notice = ""

    package init(
        stdout: String = "", stderr: String = "", exitCode: Int32? = 0, cut: Cut? = nil, stdoutDropped: Int = 0,
        stderrDropped: Int = 0
    ) {
        self.stdout = stdout
        self.stderr = stderr
        self.exitCode = exitCode
        self.cut = cut
        self.stdoutDropped = stdoutDropped
        self.stderrDropped = stderrDropped
    }

    package var timedOut: Bool { cut == .timeLimit }

    mutating func take(_ report: CommandReport) {
        earlier = report.earlier
        left = report.left
        survivors = report.survivors
        notice = report.notice
    }
}
