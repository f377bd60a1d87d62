import HTTP
import JSON
import KubernetesClient
import KubernetesModel
import Testing

/// What needs real pods: logs and exec.
///
/// One pod serves all, because starting it is what costs.
@Suite(.timeLimit(.minutes(30))) struct NodeTests {
    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test func logsAndExec() async throws {
        try await LiveCluster.node.with { client, namespace in
            let script = "echo first; echo grüße; echo last; exec sleep 3600"
            let pod = try await TestPod.start(script, client, in: namespace)
            try await Self.readLogs(client, pod)
            try await Self.runCommands(client, pod)
            try await Self.runOverTheLimits(client, pod)
            try await Self.runWhatCannotRun(client, pod)
        }
    }

    private static func readLogs(_ client: KubernetesClient, _ pod: ObjectKey) async throws {
        #expect(text(try await client.logs(pod)) == "first\ngrüße\nlast\n")
        #expect(text(try await client.logs(pod, LogOptions(container: "main", tailLines: 1))) == "last\n")
        #expect(text(try await client.logs(pod, LogOptions(limitBytes: 5))) == "first")
        let error = await #expect(throws: KubernetesError.self) {
            try await client.logs(pod, LogOptions(container: "none"))
        }
        #expect(error?.status?.code == 400)
    }

    private static func runCommands(_ client: KubernetesClient, _ pod: ObjectKey) async throws {
        let both = try await client.exec(
            pod, ExecRequest(command: ["sh", "-c", "echo 'a  $x & ü'; echo e >&2; exit 3"]))
        #expect(text(both.stdout) == "a  $x & ü\n")
        #expect(text(both.stderr) == "e\n")
        #expect(both.exitCode == 3)
        #expect(both.failure == nil)

        let silent = try await client.exec(pod, ExecRequest(container: "main", command: ["true"]))
        #expect(silent.succeeded)

        // The v4 protocol has no end of input, so the command counts.
        let input = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
        let echoed = try await client.exec(
            pod, ExecRequest(command: ["head", "-c", "100000"], stdin: input, timeout: .seconds(30)))
        #expect(echoed.stdout == input)
        #expect(echoed.exitCode == 0)

        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<10 {
                group.addTask {
                    text(try await client.exec(pod, ExecRequest(command: ["echo", "\(number)"])).stdout)
                        == "\(number)\n"
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }

    private static func runOverTheLimits(_ client: KubernetesClient, _ pod: ObjectKey) async throws {
        let long = try await client.exec(
            pod,
            ExecRequest(
                command: ["sh", "-c", "echo head; head -c 3000000 /dev/zero; echo; echo tail"], outputLimit: 10_000))
        #expect(long.stdout.count == 10_000)
        #expect(long.stdout.count + long.stdoutDropped == 3_000_011)
        #expect(text(long.stdout).hasPrefix("head\n"))
        #expect(text(long.stdout).hasSuffix("\ntail\n"))
        #expect(long.exitCode == 0)

        let slow = try await client.exec(
            pod, ExecRequest(command: ["timeout", "5", "sh", "-c", "echo begun; sleep 60"], timeout: .seconds(2)))
        #expect(slow.timedOut)
        #expect(slow.exitCode == nil)
        #expect(text(slow.stdout) == "begun\n")
    }

    private static func runWhatCannotRun(_ client: KubernetesClient, _ pod: ObjectKey) async throws {
        let missing = try await client.exec(pod, ExecRequest(command: ["no-such-program"]))
        #expect(missing.exitCode != 0)
        #expect(missing.exitCode != nil || missing.failure != nil)

        let noPod = await #expect(throws: KubernetesError.self) {
            try await client.exec(
                ObjectKey(namespace: pod.namespace, name: "none"), ExecRequest(command: ["true"]))
        }
        #expect(noPod?.isNotFound == true)
    }
}
