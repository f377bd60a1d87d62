/// How a command of the agent went.
package struct ShellResult: Sendable, Hashable {
    package var stdout: String
    package var stderr: String
    /// Nil when the command did not end by itself.
    package var exitCode: Int32?
    package var timedOut: Bool
    /// Bytes cut from the middle of a stream.
    package var stdoutDropped: Int
    package var stderrDropped: Int

    package init(
        stdout: String = "", stderr: String = "", exitCode: Int32? = 0, timedOut: Bool = false,
        stdoutDropped: Int = 0, stderrDropped: Int = 0
    ) {
        self.stdout = stdout
        self.stderr = stderr
        self.exitCode = exitCode
        self.timedOut = timedOut
        self.stdoutDropped = stdoutDropped
        self.stderrDropped = stderrDropped
    }
}
