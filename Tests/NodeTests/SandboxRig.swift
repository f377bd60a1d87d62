import ClusterTesting
import Environments
import KubernetesClient
import KubernetesModel
import Primitives

/// An environment without an application, and a shell in its sandbox.
struct SandboxRig: Sendable {
    let environment: NamespaceEnvironment
    let shell: SandboxShell
    let client: KubernetesClient
    let time: SystemTimeSource

    var names: EnvironmentNames { environment.plan.names }
    var pod: ObjectKey { environment.plan.sandboxPod }

    func run(_ command: String, seconds: Int64 = 20) async throws -> ShellResult {
        try await shell.run(command, timeout: .seconds(seconds))
    }

    /// Runs the body in an environment of its own, which is taken down afterwards whatever happens.
    static func use(
        _ type: TaskType = .mitigation, images: ImageSet = ImageSet(),
        _ body: @escaping @Sendable (SandboxRig) async throws -> Void
    ) async throws {
        let uid = "sandbox-\(String(UInt64.random(in: .min ... .max), radix: 16))"
        try await NodeCluster.use { client, time in
            let plan = EnvironmentPlan(
                EnvironmentRequest(
                    taskUID: uid, attempt: 1, taskType: type, images: images,
                    apiServer: try await APIServerDiscovery.find(client)))
            let environment = NamespaceEnvironment(plan: plan, client: client, time: time)
            let rig = SandboxRig(
                environment: environment, shell: SandboxShell(pods: client, pod: plan.sandboxPod, time: time),
                client: client, time: time)
            let outcome: Result<Void, any Error>
            do {
                try await environment.prepare()
                try await environment.awaitReady(within: .seconds(180))
                outcome = .success(try await body(rig))
            } catch {
                print(await environment.diagnostics().text)
                outcome = .failure(error)
            }
            try await eventually("the environment is gone", within: .seconds(180), every: .milliseconds(500)) {
                let left = try await environment.release()
                return .holds(left == .gone, else: "\(left)")
            }
            try outcome.get()
        }
    }
}
