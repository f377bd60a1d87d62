import KubernetesClient
package import KubernetesModel
package import Primitives

/// Runs the agent's commands in its sandbox, one at a time, each with a time limit that is kept in the sandbox itself.
package struct SandboxShell: Sendable {
    private let pods: any PodCommands
    private let pod: ObjectKey
    private let container: String
    private let time: any TimeSource
    private let outputLimit: Int

    /// No command may run longer, whatever is asked for.
    package static let longest = Duration.seconds(600)
    /// How much longer the connection waits than the command may take.
    private static let grace = Duration.seconds(10)

    /// A shell in the named container; of each stream of a command, `outputLimit` bytes are kept.
    package init(
        pods: any PodCommands, pod: ObjectKey, container: String = EnvironmentNames.sandboxContainer,
        time: any TimeSource, outputLimit: Int = 32 * 1024
    ) {
        self.pods = pods
        self.pod = pod
        self.container = container
        self.time = time
        self.outputLimit = outputLimit
    }

    /// Runs a command to its end or to the end of its time.
    ///
    /// - Throws: ``EnvironmentError/mayHaveTakenEffect`` says whether the command may have run all the same.
    package func run(_ command: String, timeout: Duration) async throws(EnvironmentError) -> ShellResult {
        let limit = min(max(timeout, .seconds(1)), Self.longest)
        let request = ExecRequest(
            container: container,
            // Closing the connection would not end the command; `timeout` ends it and all that it started.
            command: ["timeout", "-k", "2", String(limit.wholeSeconds), "/bin/sh", "-c", command],
            timeout: limit + Self.grace, outputLimit: outputLimit)
        let begun = time.monotonicNow()
        let result: ExecResult
        do {
            result = try await pods.exec(pod, request)
        } catch {
            if error.isCancelled { throw .cancelled }
            throw .exec(error)
        }
        // 124 is what `timeout` reports, 137 when it had to kill; a command may also end with these by itself.
        let ranOut = time.monotonicNow() - begun >= limit && [124, 137].contains(result.exitCode)
        let seen = ShellResult(
            stdout: String(decoding: result.stdout, as: UTF8.self),
            stderr: String(decoding: result.stderr, as: UTF8.self),
            exitCode: ranOut || result.timedOut ? nil : result.exitCode, timedOut: ranOut || result.timedOut,
            stdoutDropped: result.stdoutDropped, stderrDropped: result.stderrDropped)
        if let failure = result.failure, !result.timedOut { throw .commandLost(failure, seen) }
        return seen
    }
}
