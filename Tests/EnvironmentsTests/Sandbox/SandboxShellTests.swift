import Environments
import HTTP
import KubernetesClient
import KubernetesModel
import LifecycleTesting
import Primitives
import Testing

struct SandboxShellTests {
    /// Runs nothing; gives one answer after the other, each after a while.
    private struct FakePods: PodCommands {
        let time: ManualTimeSource
        let takes: Duration
        let answers: Locked<[Result<ExecResult, KubernetesError>]>
        let seen = Locked<[ExecRequest]>([])

        func exec(_ pod: ObjectKey, _ exec: ExecRequest) async throws(KubernetesError) -> ExecResult {
            seen.withLock { $0.append(exec) }
            time.advance(by: takes)
            return try answers.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }.get()
        }
    }

    private let time = ManualTimeSource()

    private static func result(
        _ exitCode: Int32?, stdout: String = "", stderr: String = "", _ report: CommandReport? = nil
    ) -> ExecResult {
        var result = ExecResult()
        result.exitCode = exitCode
        result.stdout = Array(stdout.utf8)
        result.stderr = Array((stderr + (report?.line ?? "")).utf8)
        return result
    }

    private static func ended(_ exitCode: Int32 = 0, left: Int = 0, survivors: Int = 0) -> ExecResult {
        var report = CommandReport(exitCode: exitCode)
        report.left = ProcessNames(count: left, names: left > 0 ? ["sleep"] : [])
        report.survivors = survivors
        return result(exitCode, report)
    }

    /// What ran is what a sweep finds when it begins.
    private static func swept(_ count: Int, survivors: Int = 0) -> ExecResult {
        var report = CommandReport()
        report.earlier = ProcessNames(count: count, names: ["yes"])
        report.survivors = survivors
        return result(0, report)
    }

    private func run(
        _ answers: ExecResult..., takes: Duration = .zero, timeout: Duration = .seconds(30)
    ) async throws -> (ShellResult, [ExecRequest]) {
        let pods = FakePods(time: time, takes: takes, answers: Locked(answers.map { .success($0) }))
        let shell = SandboxShell(pods: pods, pod: ObjectKey(namespace: "box", name: "shell"), time: time)
        return (try await shell.run("echo 'a b' | wc", timeout: timeout), pods.seen.withLock { $0 })
    }

    @Test func theCommandIsHandedToAShellUnderATimeLimit() async throws {
        let (outcome, requests) = try await run(
            Self.result(3, stdout: "out", stderr: "err", CommandReport(exitCode: 3)))
        let request = try #require(requests.first)
        #expect(request.command.prefix(2) == ["/bin/sh", "-c"])
        #expect(request.command.suffix(2) == ["30", "echo 'a b' | wc"])
        #expect(request.timeout > .seconds(30))
        #expect(requests.count == 1)
        #expect(outcome == ShellResult(stdout: "out", stderr: "err", exitCode: 3))
    }

    /// 124, 137 and 143 are what ends by a time limit; a command may also end with these by itself.
    @Test(arguments: [Int32(124), 137, 143, 0])
    func runningOutOfTimeIsToldFromAnExitCode(_ code: Int32) async throws {
        var report = CommandReport(exitCode: code)
        report.isLate = true
        let (late, requests) = try await run(Self.result(code, report))
        #expect(late.timedOut && late.exitCode == nil && requests.count == 1)
        let (early, _) = try await run(Self.ended(code))
        #expect(!early.timedOut && early.exitCode == code)
    }

    @Test func noTimeLimitIsBeyondTheLongest() async throws {
        let (_, most) = try await run(Self.ended(), timeout: .seconds(100_000))
        #expect(most.first?.command[5] == String(SandboxShell.longest.wholeSeconds))
        let (_, least) = try await run(Self.ended(), timeout: .zero)
        #expect(least.first?.command[5] == "1")
    }

    /// Whatever ended before the script did: a second look ends what is left and says what there was.
    @Test(arguments: ["time", "flood", "guard killed", "report forged"])
    func whatIsNotSeenToEndIsEnded(_ how: String) async throws {
        var first = Self.result(nil, stdout: "y\n")
        switch how {
        case "time": first.timedOut = true
        case "flood": first.isFlooded = true
        case "report forged": first = Self.result(137, stdout: "y\n", CommandReport())
        default: first.exitCode = 137
        }
        let (outcome, requests) = try await run(first, Self.swept(3))
        #expect(requests.count == 2 && requests[1].command.count == 5)
        #expect(outcome.left == ProcessNames(count: 3, names: ["yes"]) && outcome.survivors == 0)
        #expect(outcome.stdout == "y\n" && outcome.earlier.isEmpty)
        switch how {
        case "time": #expect(outcome.cut == .timeLimit && outcome.exitCode == nil)
        case "flood": #expect(outcome.cut == .tooMuchOutput && outcome.exitCode == nil)
        default: #expect(outcome.cut == nil && outcome.exitCode == 137)
        }
    }

    @Test func whatSurvivesIsSaid() async throws {
        var late = Self.result(nil)
        late.timedOut = true
        #expect(try await run(late, Self.swept(2, survivors: 1)).0.survivors == 1)
        #expect(try await run(Self.ended(left: 1, survivors: 1)).0.survivors == 1)
    }

    /// A command that ran must never be taken for one that did not, whatever becomes of the second look.
    @Test(arguments: [
        KubernetesError.Kind.transport(.connect("refused")), .transport(.reset(bytesSeen: false, "gone")), .notFound,
    ])
    func aCommandWhoseRestCannotBeEndedMayHaveRun(_ kind: KubernetesError.Kind) async throws {
        var late = Self.result(nil)
        late.timedOut = true
        let failure = KubernetesError(Operation(verb: "exec"), kind)
        let pods = FakePods(time: time, takes: .zero, answers: Locked([.success(late), .failure(failure)]))
        let shell = SandboxShell(pods: pods, pod: ObjectKey(namespace: "box", name: "shell"), time: time)
        await #expect {
            _ = try await shell.run("rm x", timeout: .seconds(1))
        } throws: { ($0 as? EnvironmentError)?.mayHaveTakenEffect == true }
    }

    /// A sandbox in which nothing can be started any more is to be replaced, which is nobody's to mend but ours.
    @Test func aSandboxThatTakesNoCommandsIsToldFromOneThatWasNotReached() async throws {
        var jammed = Self.result(nil)
        (jammed.failure, jammed.failureIsAnswer) = ("cannot start", true)
        await #expect {
            _ = try await run(jammed)
        } throws: { error in
            guard let error = error as? EnvironmentError, case .sandboxBroken(let why) = error else { return false }
            return why == "cannot start" && !error.isRetryable && !error.isUserError && !error.mayHaveTakenEffect
        }
        await #expect {
            _ = try await run(jammed, Self.swept(0))
        } throws: { error in
            if case .commandLost? = error as? EnvironmentError { true } else { false }
        }
    }

    @Test(arguments: [
        (KubernetesError.Kind.notFound, false), (.badRequest, false), (.forbidden, true), (.unauthorized, true),
    ])
    func onlyAMissingRightIsTheUsersToMend(kind: KubernetesError.Kind, isTheirs: Bool) {
        #expect(EnvironmentError.exec(KubernetesError(Operation(verb: "exec"), kind)).isUserError == isTheirs)
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
