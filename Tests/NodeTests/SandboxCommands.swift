import ClusterTesting
import Environments
import KubernetesClient
import KubernetesModel
import Primitives
import Testing

/// Commands that do not want to end, on real pods: of none of them anything is left.
@Suite(.serialized, .timeLimit(.minutes(20)))
struct SandboxCommands {
    private static let images = [ImageSet(), ImageSet(sandbox: ImageSet.defaultBusybox)]

    /// By another way than the one that is tested: what the container's own `/proc` shows to a command of ours.
    private static func processes(_ rig: SandboxRig) async throws -> [String] {
        let listing = """
            for p in /proc/[0-9]*; do
              case ${p#/proc/} in 1 | $$) continue ;; esac
              tr '\\0\\n' '  ' <$p/cmdline; echo
            done 2>/dev/null
            """
        let result = try await rig.client.exec(
            rig.pod, ExecRequest(container: "shell", command: ["/bin/sh", "-c", listing]))
        return String(decoding: result.stdout, as: UTF8.self).split(separator: "\n").map(String.init).filter { line in
            // The sleeper of process 1, and this very look.
            !line.hasPrefix("sleep 86399") && !line.hasPrefix("tr ") && line.contains { !$0.isWhitespace }
        }
    }

    @Test(arguments: images)
    func nothingOutlivesItsTimeLimit(images: ImageSet) async throws {
        try await SandboxRig.use(images: images) { rig in
            for command in [
                "sleep 300", "trap '' TERM; while :; do sleep 1; done",
                "(trap '' TERM HUP INT; sleep 300; sleep 300) & sleep 300",
                "setsid sleep 300 & sleep 300", "env -i sleep 300 & exec 1>&- 2>&-; sleep 300",
                "timeout 300 sh -c 'nohup sleep 300 >/dev/null 2>&1 & sleep 300'", "kill -STOP $PPID; sleep 300",
            ] {
                let begun = rig.time.monotonicNow()
                let seen = try await rig.run(command, seconds: 2)
                #expect(seen.timedOut && seen.survivors == 0, "\(command): \(seen)")
                #expect(rig.time.monotonicNow() - begun < .seconds(20), "\(command)")
                #expect(try await Self.processes(rig) == [], "\(command)")
            }
            let next = try await rig.run("echo out; echo err >&2; exit 3")
            #expect(next == ShellResult(stdout: "out\n", stderr: "err\n", exitCode: 3))
        }
    }

    @Test func aGigabyteOfOutputIsCutAndItsWriterEnded() async throws {
        try await SandboxRig.use { rig in
            let begun = rig.time.monotonicNow()
            let flood = "echo first; head -c 1073741824 /dev/zero | tr '\\0' x; echo last"
            let seen = try await rig.run(flood, seconds: 60)
            #expect(seen.cut == .tooMuchOutput && seen.survivors == 0, "\(seen.cut as Any) \(seen.left)")
            #expect(seen.stdout.hasPrefix("first\nxxx") && seen.stdout.utf8.count <= 32 * 1024)
            #expect(seen.stdoutDropped > 32 << 20)
            #expect(rig.time.monotonicNow() - begun < .seconds(50))
            #expect(try await Self.processes(rig) == [])
            // Less than that comes to its end, with head and tail.
            let less = try await rig.run("echo first; head -c 8000000 /dev/zero | tr '\\0' x; echo; echo last")
            #expect(less.exitCode == 0 && less.stdout.hasPrefix("first\n") && less.stdout.hasSuffix("\nlast\n"))
            #expect(less.stdoutDropped > 7_000_000)
        }
    }

    @Test(arguments: images)
    func whatACommandLeavesRunningIsSaid(images: ImageSet) async throws {
        try await SandboxRig.use(images: images) { rig in
            let seen = try await rig.run("sleep 300 >/dev/null 2>&1 & (sleep 301 &) ; echo done")
            #expect(seen.stdout == "done\n" && seen.exitCode == 0)
            // By their names they may still be the shell that started them.
            #expect(seen.left.count == 2 && seen.survivors == 0, "\(seen)")
            #expect(try await Self.processes(rig) == [])
        }
    }

    /// Whoever fills more than it may have is evicted by the node, and all its files are gone.
    @Test func anEvictedSandboxIsMadeAnewAndTheNextCommandIsTold() async throws {
        try await SandboxRig.use { rig in
            _ = try await rig.run("echo kept >~/file; for i in 1 2 3; do head -c 30000000 /dev/zero >~/$i; done")
            try await eventually("the node evicts it", within: .seconds(120), every: .milliseconds(500)) {
                let phase = try await rig.client.get(Pod.self, rig.pod).status.phase
                return .holds(phase == .failed, else: "\(phase)")
            }
            // The node says so before it has ended the container: the command may still have found it there.
            await #expect {
                _ = try await rig.run("cat ~/file")
            } throws: { ($0 as? EnvironmentError).map { !$0.isUserError } ?? false }
            let cause = try await rig.environment.replaceSandbox(isMissed: true)
            #expect(cause?.contains("Evicted") == true, "\(cause ?? "it stays")")
            try await rig.environment.awaitReady(within: .seconds(60))
            let seen = try await rig.run("cat ~/file")
            #expect(seen.exitCode != 0 && seen.notice.contains("Evicted"), "\(seen)")
            let next = try await rig.run("true")
            #expect(next.notice == "")
        }
    }
}
