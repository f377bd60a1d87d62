import Environments
import JSON
import KubernetesModel
import Testing

struct EnvironmentPlanTests {
    private static func plan(
        uid: String = "0b5e9f5c-1111-2222-3333-444455556666", attempt: Int = 1, _ type: TaskType = .detection,
        apiServer: [APIServerAddress] = []
    ) -> EnvironmentPlan {
        EnvironmentPlan(EnvironmentRequest(taskUID: uid, attempt: attempt, taskType: type, apiServer: apiServer))
    }

    private static func object(_ plan: EnvironmentPlan, _ kind: String, _ name: String? = nil) throws -> JSONValue {
        try #require(
            plan.objects.first { $0.type.kind == kind && (name == nil || $0.key.name == name) }?.object.value)
    }

    @Test func namesFollowFromTaskAndAttemptAlone() {
        #expect(Self.plan() == Self.plan())
        #expect(Self.plan().names != Self.plan(attempt: 2).names)
        #expect(Self.plan().names != Self.plan(uid: "another").names)
        let name = Self.plan().names.application
        #expect(name.hasPrefix("env-") && name.count == 16)
        #expect(name.dropFirst(4).allSatisfy { $0.isHexDigit && !$0.isUppercase })
    }

    @Test func inventoryHoldsEverythingThatIsNotInsideSomethingElse() {
        let plan = Self.plan()
        #expect(plan.inventory.map(\.name) == plan.names.all)
        #expect(plan.inventory.allSatisfy { $0.kind == "Namespace" && $0.apiVersion == "v1" && $0.namespace.isEmpty })
        let homes = Set(plan.objects.filter(\.type.isNamespaced).map(\.key.namespace))
        #expect(homes == Set(plan.names.all))
    }

    @Test func namespacesComeFirstAndTheSandboxLast() {
        let kinds = Self.plan().objects.map(\.type.kind)
        #expect(kinds.prefix(2) == ["Namespace", "Namespace"])
        #expect(kinds.last == "Pod")
        let pod = kinds.lastIndex(of: "Pod") ?? 0
        for kind in ["NetworkPolicy", "ResourceQuota", "LimitRange", "ServiceAccount", "RoleBinding"] {
            #expect((kinds.lastIndex(of: kind) ?? Int.max) < pod)
        }
    }

    /// Whoever reads the objects learns the task's uid and nothing else.
    @Test(arguments: TaskType.allCases)
    func labelsAndNamesTellNothing(_ type: TaskType) {
        for planned in Self.plan(type).objects {
            let metadata = planned.object.metadata
            let extra = Set(metadata.labels.keys).subtracting([
                EnvironmentNames.uidLabel, "pod-security.kubernetes.io/enforce",
                "pod-security.kubernetes.io/enforce-version",
            ])
            #expect(extra.isEmpty)
            #expect(metadata.labels[EnvironmentNames.uidLabel] == "0b5e9f5c-1111-2222-3333-444455556666")
            #expect(metadata.annotations.isEmpty && metadata.ownerReferences.isEmpty)
        }
        let text = Self.plan(type).objects.map(\.object.value.text).joined().lowercased()
        for word in ["detection", "mitigation", "inject", "problem", "llm", "benchmark", "misconfig", "task"] {
            #expect(!text.contains(word), "\(word) is in a manifest")
        }
    }

    @Test func podSecurityIsEnforced() throws {
        let plan = Self.plan()
        let enforced = plan.objects.filter { $0.type.kind == "Namespace" }.map {
            $0.object.metadata.labels["pod-security.kubernetes.io/enforce"]
        }
        #expect(enforced == ["baseline", "restricted"])
    }

    @Test func sandboxPodIsRestrictedAndHoldsNoKeyOfOurs() throws {
        let spec = try #require(Self.object(Self.plan(), "Pod")["spec"])
        #expect(spec["automountServiceAccountToken"] == false)
        #expect(spec["securityContext"]?["runAsNonRoot"] == true)
        #expect(spec["securityContext"]?["seccompProfile"]?["type"] == "RuntimeDefault")
        let container = try #require(spec["containers"]?[0])
        #expect(container["securityContext"]?["allowPrivilegeEscalation"] == false)
        #expect(container["securityContext"]?["readOnlyRootFilesystem"] == true)
        #expect(container["securityContext"]?["capabilities"]?["drop"] == ["ALL"])
        #expect(container["image"]?.stringValue == ImageSet.defaultSandbox)
        for volume in spec["volumes"]?.arrayValue ?? [] {
            #expect(volume["secret"] == nil && volume["hostPath"] == nil)
        }
        #expect(!spec.text.contains("secretKeyRef"))
    }

    /// What the agent can write to is memory of its container; the node's disk is nowhere among it.
    @Test func filesOfTheSandboxAreInItsMemory() throws {
        let spec = try #require(Self.object(Self.plan(), "Pod")["spec"])
        let writable = (spec["volumes"]?.arrayValue ?? []).filter { $0["projected"] == nil }
        #expect(writable.count == 2)
        #expect(writable.allSatisfy { $0["emptyDir"]?["medium"] == "Memory" && $0["emptyDir"]?["sizeLimit"] != nil })
        #expect(spec["containers"]?[0]?["resources"]?["limits"]?["memory"]?.stringValue == "512Mi")
        // Nor is the log, by the streams of process 1.
        let first = spec["containers"]?[0]?["command"]?[2]?.stringValue
        #expect(first?.hasPrefix("exec </dev/null >/dev/null 2>&1") == true)
    }

    /// The kernel counts processes by user: two sandboxes of one user would take them from each other.
    @Test func everySandboxHasAUserOfItsOwn() throws {
        let users = try (1...50).map { attempt in
            let context = try Self.object(Self.plan(attempt: attempt), "Pod")["spec"]?["securityContext"]
            let user = try #require(context?["runAsUser"]?.integerValue)
            #expect(context?["runAsGroup"]?.integerValue == user && context?["fsGroup"]?.integerValue == user)
            return user
        }
        #expect(Set(users).count == 50)
        #expect(users.allSatisfy { $0 > 1_000_000_000 && $0 <= Int64(Int32.max) })
    }

    @Test func kubectlInTheSandboxMeansTheApplication() throws {
        let plan = Self.plan()
        let context = try Self.object(plan, "ConfigMap")
        #expect(context["data"]?["namespace"]?.stringValue == plan.names.application)
        #expect(context["metadata"]?["namespace"]?.stringValue == plan.names.sandbox)
    }

    @Test func nothingIsReachableUnlessAllowed() throws {
        let plan = Self.plan(apiServer: [APIServerAddress(address: "10.0.0.1", port: 443)])
        for namespace in plan.names.all {
            let denial = try #require(
                plan.objects.first { $0.key == ObjectKey(namespace: namespace, name: "deny-all") }?.object.value)
            #expect(denial["spec"]?["podSelector"] == [:])
            #expect(denial["spec"]?["policyTypes"] == ["Ingress", "Egress"])
            #expect(denial["spec"]?["egress"] == nil && denial["spec"]?["ingress"] == nil)
        }
        let out = try Self.object(plan, "NetworkPolicy", "allow-out")
        #expect(out.text.contains("10.0.0.1/32"))
        #expect(out["spec"]?["ingress"] == nil)
    }
}
