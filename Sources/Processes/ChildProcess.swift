internal import CLinux
import Glibc
import Lifecycle
import Primitives

/// One child, from its start until its status is taken, on a thread of its own.
///
/// Invariants: a signal is sent only between the start and the taking of the status, both under the lock, so that it can
/// never reach another process that was given the number later; a child that is killed before it starts never starts; the
/// thread stays until the child has ended, since the kernel ends the child with it, and so with this process, however
/// that ends.
final class ChildProcess: Sendable {
    struct Outcome: Sendable {
        var ending: ProcessResult.Ending
        var output: (bytes: [UInt8], dropped: Int)
        var errors: (bytes: [UInt8], dropped: Int)
    }

    private struct State {
        var pid: pid_t?
        var isKilled = false
        var wasStopped = false
    }

    private let request: ProcessRequest
    private let hear: ProcessFollower.Hear?
    private let state = Locked(State())

    init(_ request: ProcessRequest, hear: ProcessFollower.Hear? = nil) {
        self.request = request
        self.hear = hear
    }

    /// Whether ``stop()`` reached it while it ran.
    var wasStopped: Bool { state.withLock { $0.wasStopped } }

    /// Starts the program and returns when it has ended and nothing is left of it.
    func run() async -> Result<Outcome, ProcessError> {
        await withCheckedContinuation { (continuation: CheckedContinuation<Result<Outcome, ProcessError>, Never>) in
            do throws(PlatformThread.Failure) {
                try PlatformThread.spawn(name: "child") { [self] in
                    continuation.resume(returning: lifetime())
                }
            } catch {
                continuation.resume(
                    returning: .failure(Self.notStarted(request.program, error.code)))
            }
        }
    }

    /// Asks the group to end.
    func stop() {
        state.withLock { state in
            guard let pid = state.pid, aiops_has_ended(pid) == 0 else { return }
            state.wasStopped = true
            Self.signal(pid, SIGTERM)
        }
    }

    /// Ends the group.
    func kill() {
        state.withLock { state in
            state.isKilled = true
            if let pid = state.pid { Self.signal(pid, SIGKILL) }
        }
    }

    private func lifetime() -> Result<Outcome, ProcessError> {
        do throws(ProcessError) {
            let pipes = try ChildPipes(
                input: request.input, outputLimit: request.outputLimit, hear: hear, request.program)
            defer { pipes.close() }
            let pid = try start(pipes)
            pipes.closeChildEnds()
            pipes.transfer(untilEndOf: pid)
            // What the program started may outlive it and hold the pipes; the number of the group is still its own.
            Self.signal(pid, SIGKILL)
            pipes.drain()
            let ending = reap(pid)
            return .success(Outcome(ending: ending, output: pipes.output.finish(), errors: pipes.errors.finish()))
        } catch {
            return .failure(error)
        }
    }

    private func start(_ pipes: ChildPipes) throws(ProcessError) -> pid_t {
        let path = try ProgramSearch.find(request.program, path: request.environment["PATH"])
        let arguments = [request.program] + request.arguments
        let environment = request.environment.map { "\($0.key)=\($0.value)" }
        guard !(arguments + environment).contains(where: { $0.utf8.contains(0) }) else {
            throw .invalidRequest("a NUL in an argument or in the environment")
        }
        let (code, pid) = state.withLock { state -> (Int32, pid_t) in
            guard !state.isKilled else { return (ECANCELED, 0) }
            var pid: pid_t = 0
            let code = CStrings.with(arguments) { arguments in
                CStrings.with(environment) { environment in
                    aiops_spawn(
                        &pid, path, arguments, environment, request.directory, pipes.childInput, pipes.childOutput,
                        pipes.childErrors, Self.lastSignal)
                }
            }
            if code == 0 { state.pid = pid }
            return (code, pid)
        }
        switch code {
        case 0: return pid
        case ECANCELED: throw .cancelled
        default: throw Self.notStarted(request.program, code)
        }
    }

    /// What a child gets when we are gone and nobody reads what it says or waits for its end.
    private static let lastSignal = SIGKILL

    private func reap(_ pid: pid_t) -> ProcessResult.Ending {
        state.withLock { state in
            var value: Int32 = 0
            let kind = aiops_reap(pid, &value)
            state.pid = nil
            return kind == 1 ? .killed(signal: value) : .exited(kind == 0 ? value : -1)
        }
    }

    /// The group and its leader, which may not have become one yet, or may have left.
    private static func signal(_ pid: pid_t, _ number: Int32) {
        _ = Glibc.kill(-pid, number)
        _ = Glibc.kill(pid, number)
    }

    static func notStarted(_ program: String, _ code: Int32) -> ProcessError {
        .notStarted(program: program, code: code, reason: String(cString: strerror(code)))
    }
}
