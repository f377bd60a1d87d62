import AIOpsAPI
import ClusterTesting
import Glibc
import JSON
import KubernetesClient
import KubernetesModel
import Primitives
import Testing

/// The operator as users have it: a pod of its own image, installed by Helm, under the chart's rights and no others.
///
/// Needs the image `aiops-operator:0.1.0` in the cluster; scripts/test.py builds and loads it.
@Suite(.timeLimit(.minutes(30))) struct Chart {
    @Test func installedByHelmTheOperatorWorksUnderItsOwnRights() async throws {
        try await withRelease { cluster, system in
            let pods = try await operatorPods(cluster, system)
            for pod in pods { expectRestricted(pod) }
            try await expectRights(
                cluster, account: "system:serviceaccount:\(system):aiops-operator", in: system, table: "operator")
            try await expectRulesOfTheServer(cluster)
            try await expectThatAnUpgradeLeavesThePool(cluster, system)
            try await expectTheProofOfNetworkIsolation(cluster, system)
            try await cluster.withNamespace("chart-tasks") { namespace in
                let requests: [(name: String, TaskRequest, table: String)] = [
                    ("looking", .detection, "sandbox-read-only"), ("mending", .mitigation, "sandbox-mitigation"),
                ]
                for (name, request, _) in requests {
                    var kept = request
                    kept.spec = ["environment": ["retention": ["onSuccessSeconds": 600]]]
                    try await cluster.apply(kept, as: name, in: namespace)
                }
                for (name, _, table) in requests {
                    let task = try await cluster.awaitFinished(name, in: namespace)
                    #expect(task.status.result?.verdict == .passed, "\(name): \(task.status.conditions)")
                    let environment = try #require(task.status.environment?.name)
                    let sandbox = try #require(task.status.environment?.sandbox)
                    let account = "system:serviceaccount:\(sandbox):shell"
                    try await expectRights(cluster, account: account, in: environment, table: table)
                    try await expectRights(cluster, account: account, in: sandbox, table: "sandbox-elsewhere")
                    try await expectRights(cluster, account: account, in: namespace, table: "sandbox-elsewhere")
                    try await expectMetricsAreGuarded(cluster, system, pods, from: sandbox)
                }
            }
            let after = try await operatorPods(cluster, system)
            #expect(after.map(\.metadata.uid) == pods.map(\.metadata.uid))
            for pod in after { #expect(pod.value["status"]?["containerStatuses"]?[0]?["restartCount"] == 0) }
            let lease = try await cluster.client.get(Lease.self, ObjectKey(namespace: system, name: "aiops-operator"))
            #expect(pods.contains { lease.spec.holderIdentity?.hasPrefix("\($0.metadata.name)_") == true })
            // One that stands by is ready, and its calls about the Lease have a line of their own.
            let schemas = try await cluster.kubectl.run("get", "flowschemas", "-o", "name")
            #expect(schemas.contains("aiops-operator-leader-election"))
        }
    }

    // MARK: The release

    private func withRelease(_ body: @Sendable (TestCluster, String) async throws -> Void) async throws {
        // Helm brings the definitions, as it does to a user's cluster.
        try await TestCluster.with(.node, definitions: false) { cluster in
            let system = "test-chart-\(TestCluster.randomSuffix())"
            do {
                try await install(cluster, system)
                try await body(cluster, system)
            } catch {
                let log = try? await cluster.kubectl.run(
                    "-n", system, "logs", "deployment/aiops-operator", "--tail=60")
                print("the operator's last words:\n\(log ?? "none")")
                try? await remove(cluster, system)
                throw error
            }
            try await remove(cluster, system)
        }
    }

    /// Installs the release, or upgrades it where it is.
    ///
    /// With current definitions, as the demo does: the server of the CRDs is today's, though the document by which Helm
    /// would check them, and the capabilities by which the chart would choose them, are those of 1.20.
    private func install(_ cluster: TestCluster, _ system: String) async throws {
        try await helm("install", cluster, system, more: ["--skip-schema-check", "--set", values("crds-current")])
    }

    private func remove(_ cluster: TestCluster, _ system: String) async throws {
        try await helm("uninstall", cluster, system)
        try await cluster.client.delete(.namespaces, ObjectKey(namespace: "", name: system))
        try await eventually("namespace \(system) is gone", within: .seconds(90)) {
            let key = ObjectKey(namespace: "", name: system)
            return .holds(try await cluster.isGone(Namespace.self, key), else: "it is there")
        }
    }

    private func helm(
        _ action: String, _ cluster: TestCluster, _ system: String, more: [String] = []
    ) async throws {
        let child = try ChildProcess(
            "\(RepositoryRoot.path)/scripts/chart.py",
            [action, "--kubeconfig", cluster.kubeconfig, "--namespace", system, "--timeout", "180"] + more)
        let code = try await child.exit(within: .seconds(300))
        #expect(code == 0, "chart.py \(action): \(child.output())")
        guard code == 0 else { throw NeverHappened("chart.py \(action) failed") }
    }

    // MARK: What is expected

    /// The definitions that the chart brought carry their CEL rules, and the server holds users to them.
    private func expectRulesOfTheServer(_ cluster: TestCluster) async throws {
        let task: JSONValue = [
            "apiVersion": "aiops.dev/v1alpha1", "kind": "AIOpsTask",
            "metadata": ["name": "two-kinds-of-work", "namespace": "default"],
            "spec": ["problem": ["id": "noop_detection_shop_lite-1"], "query": ["message": "why?"]],
        ]
        let error = await #expect(throws: KubernetesError.self) {
            _ = try await cluster.client.createDynamic(
                AIOpsTask.resourceType, DynamicObject(task), options: WriteOptions(dryRun: true))
        }
        #expect(error?.message.contains("set exactly one of spec.problem") == true, "\(error?.message ?? "accepted")")
    }

    /// No policy of the network keeps an agent from the operator's port here, so what is read there takes a token.
    private func expectMetricsAreGuarded(
        _ cluster: TestCluster, _ system: String, _ pods: [DynamicObject], from sandbox: String
    ) async throws {
        let account = "scraper-\(TestCluster.randomSuffix())"
        _ = try await cluster.kubectl.run("-n", system, "create", "serviceaccount", account)
        _ = try await cluster.kubectl.run(
            "create", "clusterrolebinding", account, "--clusterrole=aiops-operator-metrics-reader",
            "--serviceaccount=\(system):\(account)")
        // Twice: the second is answered from memory.
        for _ in 0..<2 {
            for pod in pods {
                let address = try #require(pod.value["status"]?["podIP"]?.stringValue)
                func code(_ header: String) async throws -> String {
                    try await cluster.kubectl.run(
                        "-n", sandbox, "exec", "shell", "--", "sh", "-c",
                        "curl -s -m 20 -o /dev/null -w '%{http_code}' \(header) http://\(address):8080/metrics")
                }
                #expect(try await code("") == "401")
                #expect(try await code("-H 'Authorization: Bearer made.up.token'") == "401")
                let mine = "$(cat /var/run/secrets/kubernetes.io/serviceaccount/token)"
                #expect(try await code("-H \"Authorization: Bearer \(mine)\"") == "403")
                let secret = try await cluster.kubectl.run(
                    "-n", system, "get", "serviceaccount", account, "-o", "jsonpath={.secrets[0].name}")
                let token = try await cluster.kubectl.run(
                    "-n", system, "get", "secret", secret, "-o", "go-template={{.data.token | base64decode}}")
                #expect(try await code("-H 'Authorization: Bearer \(token)'") == "200")
                // The kubelet's probes bring no token.
                let probe = try await cluster.kubectl.run(
                    "-n", sandbox, "exec", "shell", "--", "sh", "-c",
                    "curl -s -m 20 -o /dev/null -w '%{http_code}' http://\(address):8080/readyz")
                #expect(probe == "200")
            }
        }
        try await cluster.client.delete(.clusterRoleBindings, ObjectKey(name: account))
    }

    /// The node's bridge enforces no policy, and a pair of pods shows it; nothing of them stays.
    private func expectTheProofOfNetworkIsolation(_ cluster: TestCluster, _ system: String) async throws {
        let key = ObjectKey(namespace: system, name: "default")
        try await eventually("the pool tells of network isolation", within: .seconds(120)) {
            let pool = try await cluster.client.get(WorkerPool.self, key)
            let found = pool.status.conditions.get(.networkIsolation)
            let isShown = found?.status == .false && found?.reason == "NetworkPolicyNotEnforced"
            return .holds(isShown, else: String(describing: found))
        }
        try await eventually("the probe's namespace is gone", within: .seconds(90)) {
            .holds(
                try await cluster.isGone(Namespace.self, ObjectKey(name: "aiops-network-probe")), else: "it is there")
        }
    }

    /// The chart makes the pool; what its users make of it afterwards is theirs.
    private func expectThatAnUpgradeLeavesThePool(_ cluster: TestCluster, _ system: String) async throws {
        let key = ObjectKey(namespace: system, name: "default")
        let made = try await cluster.client.get(WorkerPool.self, key)
        let patch = #"{"spec":{"workers":{"replicas":4}}}"#
        _ = try await cluster.kubectl.run("-n", system, "patch", "workerpool", "default", "--type=merge", "-p", patch)
        try await install(cluster, system)
        let kept = try await cluster.client.get(WorkerPool.self, key)
        #expect(kept.spec.workers?.replicas == 4 && kept.metadata.uid == made.metadata.uid)
    }

    private func values(_ name: String) -> String { "\(RepositoryRoot.path)/Tests/NodeTests/Fixtures/\(name).json" }

    /// One leads, one stands by; both are ready.
    private func operatorPods(_ cluster: TestCluster, _ system: String) async throws -> [DynamicObject] {
        let pods = try await cluster.client.listDynamic(.pods, namespace: system).items
        #expect(pods.count == 2)
        for pod in pods {
            let ready = pod.value["status"]?["conditions"]?.arrayValue?.first { $0["type"] == "Ready" }
            #expect(ready?["status"] == "True", "\(pod.value["status"]?.text ?? "")")
        }
        return pods
    }

    /// What Pod Security calls restricted, and a read-only file system.
    private func expectRestricted(_ pod: DynamicObject) {
        let security = pod.value["spec"]?["securityContext"]
        #expect(security?["runAsNonRoot"] == true)
        #expect(security?["seccompProfile"]?["type"] == "RuntimeDefault")
        let container = pod.value["spec"]?["containers"]?[0]?["securityContext"]
        #expect(container?["allowPrivilegeEscalation"] == false)
        #expect(container?["readOnlyRootFilesystem"] == true)
        #expect(container?["capabilities"]?["drop"] == ["ALL"])
        #expect(container?["privileged"] != true)
        for field in ["hostNetwork", "hostPID", "hostIPC"] { #expect(pod.value["spec"]?[field] != true, "\(field)") }
    }

    /// `kubectl auth can-i --list` equals the checked-in table, and the table is one that may be checked in.
    private func expectRights(
        _ cluster: TestCluster, account: String, in namespace: String, table: String
    ) async throws {
        let printed = try await cluster.kubectl.run("auth", "can-i", "--list", "--as", account, "-n", namespace)
        let rules = printed.split(separator: "\n").dropFirst()
            .map { $0.split(separator: " ").joined(separator: " ") }
            // What every account of a cluster has: discovery, and asking about itself.
            .filter { !$0.hasPrefix("[/") && !$0.hasPrefix("selfsubject") }
            .sorted()
        let path = "\(RepositoryRoot.path)/Tests/NodeTests/Fixtures/\(table).txt"
        let expected = try fixture(path)
        #expect(rules == expected, "\(table):\n\(rules.joined(separator: "\n"))")
        for rule in rules {
            #expect(!rule.contains("*"), "\(table): \(rule)")
            #expect(!rule.hasPrefix("secrets"), "\(table): \(rule)")
            #expect(!rule.contains("escalate") && !rule.contains("bind]") && !rule.contains("impersonate"), "\(rule)")
        }
    }

    private func fixture(_ path: String) throws -> [String] {
        let file = try #require(fopen(path, "r"), "\(path) is missing")
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
