import Agent
import AgentTools
import Environments
import HTTP
import JSON
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import LifecycleTesting
import Primitives
import Telemetry
import Testing

struct ClusterToolboxTests {
    private let time = ManualTimeSource()
    private let server: InMemoryAPIServer
    private let toolbox: ClusterToolbox
    private let commands = Locked<[[String]]>([])

    init() {
        server = InMemoryAPIServer(time: time)
        let client = KubernetesClient(
            configuration: ClientConfiguration(server: "https://cluster.example", tls: TLSConfiguration()),
            transport: server, time: time,
            logger: Logger(label: "test", sink: CollectingLogSink(), level: .error), seed: 1)
        toolbox = ClusterToolbox(
            shell: SandboxShell(pods: client, pod: ObjectKey(namespace: "box-1", name: "shell"), time: time),
            client: client, namespace: "env-1", time: time, redact: { $0.replacing("sk-key", with: "***") })
        for namespace in ["env-1", "box-1", "other"] { server.addNamespace(namespace) }
        server.put(.pods, ["metadata": ["name": "shell", "namespace": "box-1"]])
        let commands = commands
        server.serveExec { exec in
            commands.withLock { $0.append(exec.command) }
            return .init(stdout: "out sk-key\n", stderr: "err\n" + CommandReport(exitCode: 3).line, exitCode: 3)
        }
    }

    private func perform(_ name: String, _ arguments: JSONValue...) async throws -> Observation {
        try await toolbox.perform(AgentAction(name: name, arguments: arguments.map { .init($0) }))
    }

    private func putPod(_ name: String, _ labels: JSONValue, namespace: String = "env-1") {
        server.put(
            .pods,
            [
                "metadata": ["name": .string(name), "namespace": .string(namespace), "labels": labels],
                "spec": ["containers": [["name": "main", "image": "x"]]], "status": ["phase": "Running"],
            ])
    }

    @Test func signaturesAreThoseOfTheReference() {
        #expect(
            toolbox.tools.map(\.signature) == [
                "get_logs(namespace: str, service: str)", "exec_shell(command: str, timeout: int = 30)",
            ])
    }

    @Test func examplesAreCallsOfTheirTool() throws {
        for tool in toolbox.tools {
            let parser = ActionParser(names: [tool.name])
            let called = try tool.examples.map { try parser.parse("```\n\($0)\n```").name }
            #expect(!called.isEmpty && called.allSatisfy { $0 == tool.name })
        }
    }

    @Test(arguments: [[], ["get_logs"], ["exec_shell"], ["exec_shell", "get_logs"]])
    func onlyTheNamedToolsAreOfferedAndWork(names: [String]) async throws {
        let client = KubernetesClient(
            configuration: ClientConfiguration(server: "https://cluster.example", tls: TLSConfiguration()),
            transport: server, time: time, logger: .disabled, seed: 1)
        let few = ClusterToolbox(
            shell: SandboxShell(pods: client, pod: ObjectKey(namespace: "box-1", name: "shell"), time: time),
            client: client, namespace: "env-1", time: time, only: names)
        #expect(Set(few.tools.map(\.name)) == Set(names))
        let seen = try await few.perform(AgentAction(name: "exec_shell", arguments: [.init("ls")]))
        #expect(seen.text.contains("There is no action") == !names.contains("exec_shell"))
        // Nobody is sent to a tool that is not there.
        guard names.contains("get_logs") else { return }
        let logs = try await few.perform(AgentAction(name: "get_logs", arguments: [.init("env-1"), .init("nowhere")]))
        #expect(logs.text.contains("exec_shell") == names.contains("exec_shell"))
    }

    @Test func bothStreamsAndTheExitCodeComeBackWithoutSecrets() async throws {
        let seen = try await perform("exec_shell", "kubectl get pods")
        #expect(seen.text == "out ***\n[stderr]\nerr\n[exit code 3]")
        #expect(seen.metadata["exitCode"] == 3)
        #expect(commands.withLock { $0 }.map { $0.suffix(2) } == [["30", "kubectl get pods"]])
    }

    @Test func theTimeoutOfTheAgentIsHonoured() async throws {
        _ = try await perform("exec_shell", "sleep 1", 7)
        #expect(commands.withLock { $0 }.first?[5] == "7")
    }

    @Test func refusedCommandsNeverReachTheSandbox() async throws {
        let seen = try await perform("exec_shell", "kubectl edit svc store")
        #expect(seen.text.hasPrefix("Not run: ") && seen.text.contains("kubectl patch"))
        #expect(commands.withLock { $0 }.isEmpty)
    }

    @Test func callsWithoutSenseAreAnsweredWithAdvice() async throws {
        #expect(try await perform("exec_shell").text.contains("needs a command"))
        #expect(try await perform("exec_shell", "   ").text.contains("needs a command"))
        #expect(try await perform("exec_shell", "ls", "soon").text.contains("whole number"))
        #expect(try await perform("exec_shell", "ls", -1).text.contains("whole number"))
        #expect(
            try await perform("exec_shell", .string(String(repeating: "x", count: 20_000))).text.contains("too long"))
        #expect(try await perform("get_logs", "env-1").text.contains("needs two texts"))
        #expect(try await perform("dance").text.contains("get_logs, exec_shell, submit"))
        #expect(commands.withLock { $0 }.isEmpty)
    }

    @Test func logsAreFoundByTheSelectorOfAService() async throws {
        server.put(
            .services, ["metadata": ["name": "store", "namespace": "env-1"], "spec": ["selector": ["part": "depot"]]])
        putPod("b-1", ["part": "depot"])
        putPod("a-1", ["app": "store"])
        server.serveLogs { pod, container in "\(pod) \(container ?? "") sk-key" }
        #expect(try await perform("get_logs", "env-1", "store").text == "env-1/b-1 main ***")
    }

    @Test(arguments: ["app", "app.kubernetes.io/name", "io.kompose.service", "job-name"])
    func logsAreFoundByTheLabelsOfApplications(_ label: String) async throws {
        putPod("x-1", .object([label: "visitors"]))
        server.serveLogs { pod, _ in "log of \(pod.name)" }
        #expect(try await perform("get_logs", "env-1", "visitors").text == "log of x-1")
    }

    /// Logs are read with the operator's rights: no other namespace is within the agent's reach.
    @Test(arguments: [("other", "secret-app"), ("env-1", "secret-app"), ("env-1", "../x"), ("", "")])
    func whatIsUnknownOrElsewhereGetsOneErrorText(_ namespace: String, _ service: String) async throws {
        putPod("s-1", ["app": "secret-app"], namespace: "other")
        server.serveLogs { _, _ in "secret" }
        server.forgetCalls()
        let seen = try await perform("get_logs", .string(namespace), .string(service))
        #expect(seen.text.hasPrefix("Error: ") && seen.text.contains("kubectl get services"))
        #expect(server.calls.allSatisfy { $0.subresource == nil && $0.namespace == "env-1" })
    }

    @Test func aLostSandboxIsNotTheAgentsFault() async throws {
        server.remove(.pods, ObjectKey(namespace: "box-1", name: "shell"))
        await #expect(throws: ToolError.self) { _ = try await perform("exec_shell", "ls") }
    }
}
