import Glibc
package import Primitives

/// Runs programs; the seam at which tests replace them.
package protocol ProcessLauncher: Sendable {
    /// Returns when the program has ended. Cancelling the calling task kills its process group first.
    func run(_ request: ProcessRequest) async throws(ProcessError) -> ProcessResult
}

/// Runs programs that tell on their error stream how far they are.
package protocol ProcessFollower: ProcessLauncher {
    /// Takes a piece of the error stream; called on a thread of the runner's, which waits for it.
    typealias Hear = @Sendable ([UInt8]) -> Void

    /// As ``ProcessLauncher/run(_:)``; `hear` gets the error stream whole, in the pieces in which it comes.
    func run(_ request: ProcessRequest, hear: @escaping Hear) async throws(ProcessError) -> ProcessResult
}

/// Runs real programs.
///
/// Invariants: when ``run(_:)`` returns, however it returns, the program and what it left in its process group are gone,
/// their status is taken and every descriptor is closed; nothing waits on the cooperative pool; no program outlives this
/// process, not even when that is killed (what the program had started may).
package struct ProcessRunner: ProcessFollower {
    private let time: any TimeSource

    package init(time: any TimeSource) { self.time = time }

    package func run(_ request: ProcessRequest) async throws(ProcessError) -> ProcessResult {
        try await run(ChildProcess(request), request)
    }

    package func run(_ request: ProcessRequest, hear: @escaping Hear) async throws(ProcessError) -> ProcessResult {
        try await run(ChildProcess(request, hear: hear), request)
    }

    private func run(_ child: ChildProcess, _ request: ProcessRequest) async throws(ProcessError) -> ProcessResult {
        let result = await withTaskCancellationHandler {
            await supervise(child, request)
        } onCancel: {
            child.kill()
        }
        guard !Task.isCancelled else { throw .cancelled }
        let outcome = try result.get()
        return ProcessResult(
            ending: outcome.ending, timedOut: child.wasStopped, output: outcome.output.bytes,
            errors: outcome.errors.bytes, outputDropped: outcome.output.dropped, errorsDropped: outcome.errors.dropped)
    }

    private func supervise(
        _ child: ChildProcess, _ request: ProcessRequest
    ) async -> Result<ChildProcess.Outcome, ProcessError> {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await stopAtLimit(child, request) }
            let result = await child.run()
            group.cancelAll()
            return result
        }
    }

    private func stopAtLimit(_ child: ChildProcess, _ request: ProcessRequest) async {
        do throws(CancellationError) {
            try await time.sleep(for: request.timeLimit)
            child.stop()
            try await time.sleep(for: request.gracePeriod)
            child.kill()
        } catch {
            // It ended by itself, or whoever waits for it was cancelled and it is being killed.
        }
    }
}
