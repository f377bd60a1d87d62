import KubernetesClient
package import KubernetesModel
package import Primitives

/// Runs the agent's commands in its sandbox, one at a time, each with a time limit that is kept in the sandbox itself.
///
/// Invariant: when ``run(_:timeout:)`` returns, a listing has shown that no process of the command is left, or the result says
/// how many are.
package struct SandboxShell: Sendable {
    private let pods: any PodCommands
    private let pod: ObjectKey
    private let container: String
    private let time: any TimeSource
    private let outputLimit: Int

    /// No command may run longer, whatever is asked for.
    package static let longest = Duration.seconds(600)
    /// How much longer the connection waits than the command may take: two seconds until it is killed, two until all is gone.
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
        let begun = time.monotonicNow()
        let (result, report) = try await exec(
            SandboxScript.run(command, seconds: limit.wholeSeconds), within: limit + Self.grace)
        var seen = ShellResult(
            stdout: String(decoding: result.stdout, as: UTF8.self),
            stderr: String(decoding: result.stderr, as: UTF8.self), exitCode: result.exitCode,
            stdoutDropped: result.stdoutDropped, stderrDropped: result.stderrDropped)
        if let report {
            seen.take(report)
            if report.isLate { (seen.exitCode, seen.cut) = (nil, .timeLimit) }
            return seen
        }
        if result.isFlooded {
            seen.cut = .tooMuchOutput
        } else if result.timedOut || time.monotonicNow() - begun >= limit {
            seen.cut = .timeLimit
        } else if let failure = result.failure {
            // A sandbox in which nothing can be started is one thing, a command whose end was not seen another.
            if result.failureIsAnswer { _ = try await clear(after: seen) }
            throw .commandLost(failure, seen)
        }
        if seen.cut != nil { seen.exitCode = nil }
        // What watches over the command is gone, or did not come to its end.
        seen.take(try await clear(after: seen))
        return seen
    }

    /// Ends every process that commands have left in the sandbox.
    ///
    /// - Returns: what there was.
    /// - Throws: ``EnvironmentError/sandboxBroken(_:)`` when the sandbox is there and does not even do this.
    @discardableResult
    package func clear() async throws(EnvironmentError) -> CommandReport {
        let (result, report) = try await exec(SandboxScript.sweep(), within: Self.grace)
        guard var report else {
            let why = result.failure ?? String(decoding: result.stderr.suffix(200), as: UTF8.self)
            guard result.failure == nil || result.failureIsAnswer else { throw .commandLost(why, ShellResult()) }
            throw .sandboxBroken(why.isEmpty ? "it does not answer" : why)
        }
        (report.left, report.earlier) = (report.earlier, ProcessNames())
        return report
    }

    /// After a command, which has run whatever comes of this.
    private func clear(after seen: ShellResult) async throws(EnvironmentError) -> CommandReport {
        do throws(EnvironmentError) {
            return try await clear()
        } catch {
            switch error {
            case .sandboxBroken, .cancelled: throw error
            default: throw .commandLost("what it left running could not be ended: \(error)", seen)
            }
        }
    }

    /// Runs one of the scripts; its report is taken off the error stream.
    private func exec(
        _ command: [String], within limit: Duration
    ) async throws(EnvironmentError) -> (ExecResult, CommandReport?) {
        var result: ExecResult
        do {
            result = try await pods.exec(
                pod,
                ExecRequest(
                    container: container, command: command, timeout: limit, outputLimit: outputLimit,
                    floodLimit: SandboxLimits.streamBytes))
        } catch {
            if error.isCancelled { throw .cancelled }
            throw .exec(error)
        }
        guard let exitCode = result.exitCode, !result.isFlooded else { return (result, nil) }
        guard let report = CommandReport(endOf: result.stderr, before: &result.stderr), report.exitCode == exitCode
        else { return (result, nil) }
        return (result, report)
    }
}
