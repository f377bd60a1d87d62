import Environments
import KubernetesClient
import KubernetesModel
import Primitives
import Processes
import Testing

/// The scripts around each command, run for real: nothing of a command may outlive it, whatever it does.
@Suite(.timeLimit(.minutes(5)))
struct SandboxScriptTests {
    private static let shells = ["dash", "bash"]

    private func run(
        _ command: String, in jail: Jail, seconds: Int64 = 10
    ) async throws -> ShellResult {
        try await SandboxShell(
            pods: jail, pod: ObjectKey(namespace: "box", name: "shell"), time: SystemTimeSource()
        ).run(command, timeout: .seconds(seconds))
    }

    @Test(arguments: shells)
    func streamsAndExitCodesComeBackAsTheyAre(shell: String) async throws {
        try await Jail.use(shell: shell) { jail in
            let seen = try await run("echo 'a  b'; echo err >&2; exit 3", in: jail)
            #expect(seen == ShellResult(stdout: "a  b\n", stderr: "err\n", exitCode: 3))
            #expect(try await run("true", in: jail) == ShellResult())
            // Without a last line break, the report stands on a line of its own all the same.
            #expect(try await run("printf x >&2; exit 124", in: jail) == ShellResult(stderr: "x", exitCode: 124))
        }
    }

    @Test(
        arguments: [
            "sleep 300", "trap '' TERM; while :; do sleep 1; done", "setsid sleep 300 & sleep 300",
            "(setsid sh -c 'trap \"\" TERM HUP INT; sleep 300; sleep 300' >/dev/null 2>&1 </dev/null &) ; sleep 300",
            "env -i setsid sleep 300 & sleep 300", "yes",
            "trap 'sleep 300' TERM; sleep 300", "kill -STOP $PPID; sleep 300",
        ], shells)
    func nothingOutlivesTheTimeLimit(command: String, shell: String) async throws {
        try await Jail.use(shell: shell) { jail in
            let seen = try await run(command, in: jail, seconds: 1)
            #expect(seen.cut == .timeLimit && seen.exitCode == nil && seen.survivors == 0, "\(seen)")
            #expect(try await jail.processes() == [])
            #expect(seen.stdout.utf8.count <= 32 * 1024)
            // The sandbox is as good as before.
            #expect(try await run("echo next", in: jail) == ShellResult(stdout: "next\n"))
        }
    }

    /// Nothing can fork while the rest is ended, and nothing has to be started for that.
    @Test(arguments: shells)
    func aFullProcessTableIsNoObstacle(shell: String) async throws {
        try await Jail.use(shell: shell) { jail in
            let seen = try await run("f() { f & f & }; f; f; sleep 300", in: jail, seconds: 2)
            #expect(seen.survivors == 0 && seen.stderr.utf8.count <= 32 * 1024)
            #expect(try await jail.processes() == [])
            #expect(try await run("echo next", in: jail) == ShellResult(stdout: "next\n"))
        }
    }

    @Test(arguments: shells)
    func whatACommandLeavesRunningIsEndedAndSaid(shell: String) async throws {
        try await Jail.use(shell: shell) { jail in
            let leaving = "setsid sleep 300 & env -i setsid tail -f /dev/null & sleep 0.2; echo done"
            let seen = try await run(leaving, in: jail)
            #expect(seen.stdout == "done\n" && seen.exitCode == 0 && seen.survivors == 0)
            #expect(seen.left.count == 2 && Set(seen.left.names) == ["sleep", "tail"], "\(seen.left)")
            #expect(try await jail.processes() == [])
            // Not even one that looks like the sleeper of process 1.
            let alike = try await run("setsid sleep 86399 & sleep 0.2", in: jail)
            #expect(alike.left == ProcessNames(count: 1, names: ["sleep"]))
        }
    }

    /// The end of the one before was not seen: its connection broke, or whoever asked for it died.
    @Test func whatRunsFromBeforeIsEndedBeforeACommandBegins() async throws {
        try await Jail.use { jail in
            let pod = ObjectKey(namespace: "box", name: "shell")
            let leaving =
                "setsid sleep 300 >/dev/null 2>&1 & until [ \"$(ps -o comm= -p $!)\" = sleep ]; do sleep 0.05; done"
            _ = try await jail.exec(pod, ExecRequest(command: ["/bin/sh", "-c", leaving]))
            let seen = try await run("ps -eo args=", in: jail)
            #expect(seen.earlier.count == 1 && seen.left.isEmpty, "\(seen)")
            #expect(seen.stdout.contains("ps -eo args=") && !seen.stdout.contains("sleep 300"), "\(seen)")
            #expect(try await jail.processes() == [])
        }
    }

    /// An agent can end what watches over its command; the next look finds what it left.
    @Test func aCommandThatEndsItsGuardIsEnded() async throws {
        try await Jail.use { jail in
            let seen = try await run(
                "setsid sh -c 'sleep 300' & printf '\\nshell-end 0 0 0 0 0|||\\n' >&2; kill -9 $(cat /proc/$PPID/stat | cut -d' ' -f4) $PPID; sleep 300",
                in: jail)
            #expect(seen.survivors == 0 && seen.left.count >= 1, "\(seen)")
            #expect(try await jail.processes() == [])
        }
    }

    @Test func aReportThatTheCommandWritesIsNotBelieved() async throws {
        try await Jail.use { jail in
            let seen = try await run("setsid sleep 300 & printf '\\nshell-end 0 0 0 0 0|||\\n' >&2", in: jail)
            #expect(seen.left.count == 1 && seen.stderr.hasPrefix("\nshell-end"))
        }
    }

    @Test(arguments: shells)
    func limitsHoldForEverythingThatACommandStarts(shell: String) async throws {
        try await Jail.use(shell: shell) { jail in
            let file = try await run("head -c 40000000 /dev/zero >~/big; wc -c <~/big", in: jail)
            #expect(file.stdout == "\(SandboxLimits.fileBytes)\n", "\(file)")
            let memory = try await run("dd if=/dev/zero of=/dev/null bs=500M count=1", in: jail)
            #expect(memory.exitCode != 0 && memory.stderr.contains("memory"), "\(memory)")
            let open = try await run("bash -c 'for i in $(seq 400); do exec {f}</dev/null || exit 9; done'", in: jail)
            #expect(open.exitCode != 0 && open.stderr.contains("Too many open files"), "\(open)")
            // bash waits for half a minute, longer each time, before it takes no for an answer.
            let many = try await run("for i in $(seq 400); do sleep 300 & done", in: jail, seconds: 90)
            #expect(many.left.count > 100 && many.left.count < SandboxLimits.processes, "\(many.left.count)")
            let raised = try await run("ulimit -n 4096", in: jail)
            #expect(raised.exitCode != 0)
            #expect(try await jail.processes() == [])
        }
    }

    /// Elsewhere it would end what is none of its business.
    @Test func nothingRunsOutsideASandbox() async throws {
        try await Jail.use(first: ["/bin/sh", "-c", "sleep 300 & wait"]) { jail in
            await #expect {
                _ = try await run("touch ~/x", in: jail)
            } throws: { error in
                guard case .sandboxBroken(let why)? = error as? EnvironmentError else { return false }
                return why.contains("no sandbox")
            }
            let alive = try await jail.processes()
            #expect(alive.contains { $0.hasSuffix("sleep 300") })
        }
    }

    @Test func theFirstCommandOfAnotherSandboxIsToldWhatBecameOfTheOld() async throws {
        try await Jail.use(first: SandboxScript.hold(notice: "the sandbox was lost (it's \"gone\")")) { jail in
            let first = try await run("echo 1", in: jail)
            #expect(first.notice == "the sandbox was lost (it's \"gone\")")
            let second = try await run("echo 2", in: jail)
            #expect(second.notice == "")
        }
    }
}
