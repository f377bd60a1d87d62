import Environments
import HTTP
import KubernetesClient
import KubernetesModel
import LifecycleTesting
import Primitives
import Testing

struct SandboxShellTests {
    /// Runs nothing; answers as told after a while.
    private struct FakePods: PodCommands {
        let time: ManualTimeSource
        let takes: Duration
        let result: ExecResult
        let seen = Locked<[ExecRequest]>([])

        func exec(_ pod: ObjectKey, _ exec: ExecRequest) async throws(KubernetesError) -> ExecResult {
            seen.withLock { $0.append(exec) }
            time.advance(by: takes)
            return result
        }
    }

    private static func result(_ exitCode: Int32?, stdout: String = "", stderr: String = "") -> ExecResult {
        var result = ExecResult()
        result.exitCode = exitCode
        result.stdout = Array(stdout.utf8)
        result.stderr = Array(stderr.utf8)
        return result
    }

    private func run(
        _ result: ExecResult, takes: Duration = .zero, timeout: Duration = .seconds(30)
    ) async throws -> (ShellResult, ExecRequest) {
        let time = ManualTimeSource()
        let pods = FakePods(time: time, takes: takes, result: result)
        let shell = SandboxShell(pods: pods, pod: ObjectKey(namespace: "box", name: "shell"), time: time)
        let outcome = try await shell.run("echo 'a b' | wc", timeout: timeout)
        return (outcome, try #require(pods.seen.withLock { $0 }.first))
    }

    @Test func theCommandIsHandedToAShellUnderATimeLimit() async throws {
        let (outcome, request) = try await run(Self.result(3, stdout: "out", stderr: "err"))
        #expect(request.command == ["timeout", "-k", "2", "30", "/bin/sh", "-c", "echo 'a b' | wc"])
        #expect(request.timeout > .seconds(30))
        #expect(outcome == ShellResult(stdout: "out", stderr: "err", exitCode: 3))
    }

    @Test(arguments: [Int32(124), 137])
    func runningOutOfTimeIsToldFromAnExitCode(_ code: Int32) async throws {
        let (late, _) = try await run(Self.result(code), takes: .seconds(30))
        #expect(late.timedOut && late.exitCode == nil)
        let (early, _) = try await run(Self.result(code), takes: .seconds(1))
        #expect(!early.timedOut && early.exitCode == code)
    }

    @Test func noTimeLimitIsBeyondTheLongest() async throws {
        let (_, request) = try await run(Self.result(0), timeout: .seconds(100_000))
        #expect(request.command[3] == String(SandboxShell.longest.wholeSeconds))
        let (_, least) = try await run(Self.result(0), timeout: .zero)
        #expect(least.command[3] == "1")
    }

    @Test func aBrokenConnectionTellsWhatWasSeenAndThatTheCommandMayHaveRun() async throws {
        var broken = Self.result(nil, stdout: "half of it")
        broken.failure = "connection lost"
        await #expect {
            _ = try await run(broken)
        } throws: { error in
            guard let error = error as? EnvironmentError, case .commandLost(_, let seen) = error else { return false }
            return error.isRetryable && !error.isUserError && error.mayHaveTakenEffect && seen.stdout == "half of it"
        }
    }

    /// Only what broke after the request left may have run; what the server said no to has not.
    @Test(arguments: [
        (KubernetesError.Kind.transport(.connect("refused")), false),
        (.transport(.reset(bytesSeen: false, "gone")), true), (.transport(.timedOut(.connecting)), false),
        (.transport(.timedOut(.total)), true), (.notFound, false), (.unavailable, false), (.forbidden, false),
    ])
    func whetherACommandMayHaveRunFollowsFromHowItFailed(kind: KubernetesError.Kind, may: Bool) {
        #expect(EnvironmentError.exec(KubernetesError(Operation(verb: "exec"), kind)).mayHaveTakenEffect == may)
    }
}
