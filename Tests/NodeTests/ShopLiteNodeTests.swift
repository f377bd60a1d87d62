import Agent
import AgentTools
import Environments
import JSON
import KubernetesClient
import KubernetesModel
import Primitives
import Problems
import Testing

/// The shop, its fault and the sandbox on real pods and real Services.
@Suite(.serialized, .timeLimit(.minutes(30)))
struct ShopLiteNodeTests {
    private let taskUID: String

    init() {
        var generator = SystemRandomNumberGenerator()
        taskUID = "node-test-\(String(generator.next(), radix: 16))"
    }

    private struct Run {
        let environment: NamespaceEnvironment
        let session: ProblemSession
        let shell: SandboxShell
        let tools: ClusterToolbox
        let client: KubernetesClient
        let time: SystemTimeSource

        var namespace: String { session.placement.namespace }
    }

    /// A whole environment for the body, which is taken down afterwards whatever happens, and seen to be gone.
    private func withShop(
        _ id: String, _ parameters: [String: String] = [:],
        _ body: @escaping @Sendable (Run) async throws -> Void
    ) async throws {
        let taskUID = taskUID
        try await NodeCluster.use { client, time in
            let problem = try Catalogue.builtin().problem(id, parameters: parameters)
            let plan = EnvironmentPlan(
                EnvironmentRequest(
                    taskUID: taskUID, attempt: 1, taskType: problem.taskType,
                    apiServer: try await APIServerDiscovery.find(client)))
            let environment = NamespaceEnvironment(plan: plan, client: client, time: time)
            let session = ProblemSession(
                problem: problem,
                placement: Placement(namespace: plan.names.application, taskUID: taskUID, images: ImageSet()),
                client: client, time: time)
            let shell = SandboxShell(pods: client, pod: plan.sandboxPod, time: time)
            let run = Run(
                environment: environment, session: session, shell: shell,
                tools: ClusterToolbox(
                    shell: shell, client: client, namespace: plan.names.application, time: time),
                client: client, time: time)
            var failure: (any Error)?
            do {
                try await environment.prepare()
                try await session.deploy()
                try await environment.awaitReady(within: .seconds(180))
                try await session.awaitHealthy(within: .seconds(180))
                try await body(run)
            } catch {
                failure = error
                print(await environment.diagnostics().text)
            }
            try await Self.takeDown(environment, time)
            if let failure { throw failure }
        }
    }

    private static func takeDown(_ environment: NamespaceEnvironment, _ time: SystemTimeSource) async throws {
        // Alone it takes 20 s; beside other suites the node has fifty pods to end at once.
        let deadline = time.monotonicNow() + .seconds(180)
        while try await environment.release() != .gone {
            guard time.monotonicNow() < deadline else {
                Issue.record("the environment is not gone after three minutes")
                return
            }
            try await time.sleep(for: .milliseconds(500))
        }
    }

    @Test func theFaultBreaksTheFrontDoorWhilePodsStayReadyAndTheRepairMendsIt() async throws {
        try await withShop("shop_lite_target_port-misconfig-mitigation-1") { run in
            let session = run.session
            let begun = run.time.monotonicNow()
            try await session.startWorkload()
            try await session.awaitServing(within: .seconds(30))
            print("serving after \((run.time.monotonicNow() - begun).seconds) s")
            let baseline = try await session.captureBaseline()
            #expect(try await session.shortfallsAfterSettling(Baseline(encoded: baseline)).isEmpty)

            let undo = try await session.planFault()
            try await session.inject(undo)
            try await session.awaitInEffect(within: .seconds(30))
            #expect(try await Self.front(run) == "502")
            let pods = try await run.client.list(Pod.self, namespace: run.namespace).items
            #expect(pods.count == 5 && pods.allSatisfy(\.isReady), "\(PodSummary.table(pods))")
            let logs = try await run.tools.perform(
                AgentAction(name: "get_logs", arguments: [.init(.string(run.namespace)), .init("catalogue")]))
            #expect(logs.text.contains("no good answer from http://store/"))

            // The agent's own hands mend it, with nothing but its own rights.
            let repair = try await run.shell.run(
                #"kubectl patch service store --type=json -p '[{"op":"replace","path":"/spec/ports/0/targetPort","value":8080}]'"#,
                timeout: .seconds(20))
            #expect(repair.exitCode == 0, "\(repair)")
            let grade = try await session.grade(submission: nil, baseline: baseline, figures: RunFigures())
            #expect(grade.verdict == .passed, "\(grade)")
            try await session.recover(undo)
            #expect(try await Self.front(run) == "200")
        }
    }

    @Test func anAgentThatOnlyLooksCannotChangeAnythingNorReadSecrets() async throws {
        try await withShop("shop_lite_target_port-misconfig-detection-1") { run in
            let allowed = try await run.shell.run("kubectl get services,pods,endpoints,events", timeout: .seconds(20))
            #expect(allowed.exitCode == 0 && allowed.stdout.contains("service/front"), "\(allowed)")
            for command in [
                "kubectl delete service store", "kubectl get secrets", "kubectl scale deployment store --replicas=0",
                "kubectl exec deploy/store -- true", "kubectl get pods -n default", "kubectl get namespaces",
                "kubectl create token app || kubectl create serviceaccount x",
                "kubectl get pods -n $(cat /proc/sys/kernel/hostname) -A", "touch /etc/x",
            ] {
                let refused = try await run.shell.run(command, timeout: .seconds(20))
                #expect(refused.exitCode != 0, "\(command): \(refused)")
            }
            let id = try await run.shell.run("id -u; echo $HOME; touch ~/x /tmp/x && ls ~", timeout: .seconds(20))
            let user = run.environment.plan.names.sandboxUser
            #expect(id.stdout == "\(user)\n/home/agent\nx\n", "\(id)")
        }
    }

    @Test func timeLimitsEndCommandsInTheSandboxItself() async throws {
        try await withShop("noop_detection_shop_lite-1") { run in
            let begun = run.time.monotonicNow()
            let late = try await run.shell.run("echo begun; sleep 77", timeout: .seconds(2))
            #expect(late.timedOut && late.stdout == "begun\n", "\(late)")
            #expect(run.time.monotonicNow() - begun < .seconds(8))
            let left = try await run.shell.run("ps -eo args | grep '[s]leep 77'", timeout: .seconds(10))
            #expect(left.stdout.isEmpty, "\(left)")
            let both = try await run.shell.run("echo out; echo err >&2; exit 3", timeout: .seconds(10))
            #expect(both == ShellResult(stdout: "out\n", stderr: "err\n", exitCode: 3))
        }
    }

    private static func front(_ run: Run) async throws -> String {
        let result = try await run.shell.run(
            "curl -s -o /dev/null -m 5 -w '%{http_code}' http://front.\(run.namespace)/", timeout: .seconds(10))
        return result.stdout
    }
}
