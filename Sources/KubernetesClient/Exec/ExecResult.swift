/// How a command in a container went.
package struct ExecResult: Sendable, Hashable {
    package var stdout: [UInt8] = []
    package var stderr: [UInt8] = []
    /// Nil when the command did not end in sight: time ran out, the connection broke, or it never started.
    package var exitCode: Int32?
    package var timedOut = false
    /// The command wrote more than it was let, and was left alone before its end.
    package var isFlooded = false
    /// Bytes left out of the middle of the stream, after the first half of the limit.
    package var stdoutDropped = 0
    package var stderrDropped = 0
    /// What the server said when the command could not be run or watched to its end.
    package var failure: String?
    /// The failure is the server's own word, in contrast to a connection that broke.
    package var failureIsAnswer = false

    package init() {}

    package var succeeded: Bool { exitCode == 0 && !timedOut && !isFlooded }
}
