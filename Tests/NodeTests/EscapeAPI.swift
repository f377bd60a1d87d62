import Environments
import JSON
import KubernetesClient
import KubernetesModel
import Testing

/// What an agent tries with the API: everything here must fail, whatever its task type gives it.
@Suite(.serialized, .timeLimit(.minutes(30)))
struct EscapeAPI {
    private static let canary = "canary-6f1d0c5e"
    /// The server and the account's token, as a program other than kubectl would use them.
    private static let curl =
        "curl -sk -m 10 -H \"Authorization: Bearer $(cat /var/run/secrets/kubernetes.io/serviceaccount/token)\""
    private static let server = "https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT"

    /// A Secret where the agent has no business, as the operator keeps keys.
    private static func withSecret(
        _ type: TaskType, _ body: @escaping @Sendable (SandboxRig, _ namespace: String) async throws -> Void
    ) async throws {
        try await SandboxRig.use(type) { rig in
            let namespace = "vault-" + rig.names.application.dropFirst(4)
            _ = try await rig.client.createDynamic(
                .namespaces,
                DynamicObject(["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(namespace)]]))
            _ = try await rig.client.createDynamic(
                .secrets,
                DynamicObject([
                    "apiVersion": "v1", "kind": "Secret",
                    "metadata": ["name": "keys", "namespace": .string(namespace)],
                    "stringData": ["key": .string(canary)],
                ]))
            let outcome: Result<Void, any Error>
            do { outcome = .success(try await body(rig, namespace)) } catch { outcome = .failure(error) }
            try await rig.client.delete(.namespaces, ObjectKey(name: namespace))
            try outcome.get()
        }
    }

    @Test(arguments: [TaskType.detection, .mitigation])
    func noSecretOutsideTheApplicationIsRead(type: TaskType) async throws {
        try await Self.withSecret(type) { rig, namespace in
            for command in [
                "kubectl get secret keys -n \(namespace) -o yaml", "kubectl get secrets -A", "kubectl get secrets",
                "kubectl get secrets -n \(rig.names.sandbox)", "kubectl get secrets -n kube-system -o yaml",
                "kubectl get --raw /api/v1/secrets", "kubectl get --raw /api/v1/watch/secrets?timeoutSeconds=2",
                "kubectl get --raw /api/v1/namespaces/\(namespace)/secrets/keys",
                "kubectl get configmaps -n kube-system", "kubectl get configmaps -n \(rig.names.sandbox)",
            ] {
                let seen = try await rig.run(command)
                #expect(seen.exitCode == 1, "\(command): \(seen)")
                #expect(!(seen.stdout + seen.stderr).contains(Self.canary) && !seen.stdout.contains("kind: Secret"))
            }
            let mine = try await rig.run("kubectl get configmaps")
            #expect(mine.exitCode == 0, "its own namespace it may read: \(mine)")
        }
    }

    @Test(arguments: [TaskType.detection, .mitigation])
    func otherNamespacesAndOurKindsAreOutOfSight(type: TaskType) async throws {
        try await SandboxRig.use(type) { rig in
            for command in [
                "kubectl get namespaces", "kubectl get --raw /api/v1/namespaces", "kubectl get pods -A",
                "kubectl get pods -n default", "kubectl get pods -n kube-system", "kubectl get nodes",
                "kubectl get pods -n \(rig.names.sandbox)", "kubectl get --raw /api/v1/pods",
                "kubectl get --raw /apis/aiops.dev/v1alpha1/aiopstasks",
                "kubectl get --raw /apis/aiops.dev/v1alpha1/llmconversations",
                "kubectl get --raw /apis/aiops.dev/v1alpha1/workerpools", "kubectl get events -A",
                "kubectl get clusterroles", "kubectl get --raw /logs/", "kubectl get --raw /metrics",
                "kubectl get --raw /api/v1/namespaces/\(rig.names.application)/services/x/proxy/",
            ] {
                let seen = try await rig.run(command)
                #expect(seen.exitCode == 1, "\(command): \(seen)")
            }
        }
    }

    @Test(arguments: [TaskType.detection, .mitigation])
    func nobodyElseIsSpokenForAndNoRightIsGained(type: TaskType) async throws {
        try await SandboxRig.use(type) { rig in
            let application = rig.names.application
            for command in [
                "kubectl --as=system:admin get secrets -A",
                "kubectl --as=nobody --as-group=system:masters get namespaces",
                "kubectl --as=system:serviceaccount:kube-system:default get pods",
                "kubectl create clusterrolebinding x --clusterrole=cluster-admin --serviceaccount=\(rig.names.sandbox):shell",
                "kubectl create rolebinding x --clusterrole=admin --serviceaccount=\(rig.names.sandbox):shell",
                "kubectl create role x --verb=get --resource=secrets",
                "kubectl patch role operate --type=json -p '[{\"op\":\"add\",\"path\":\"/rules/-\",\"value\":{}}]'",
                "kubectl create serviceaccount x", "kubectl create secret generic x --from-literal=a=b",
                "kubectl run x --image=busybox:1.36 --restart=Never", "kubectl delete networkpolicy deny-all",
                "kubectl delete resourcequota limits", "kubectl label namespace \(application) a=b",
                "kubectl delete namespace \(application)", "kubectl delete pod shell -n \(rig.names.sandbox)",
            ] {
                let seen = try await rig.run(command)
                #expect(seen.exitCode == 1, "\(command): \(seen)")
            }
            for (name, path) in [("app", application), ("default", application), ("shell", rig.names.sandbox)] {
                let tokens = "\(Self.server)/api/v1/namespaces/\(path)/serviceaccounts/\(name)/token"
                let seen = try await rig.run(
                    Self.curl + " -X POST -H 'Content-Type: application/json' -d "
                        + "'{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"TokenRequest\",\"spec\":{}}' -o /dev/null -w '%{http_code}' \(tokens)"
                )
                #expect(seen.stdout == "403", "\(name): \(seen)")
            }
            // Without any identity there is nothing to read either.
            let nobody = try await rig.run(
                "curl -sk -m 10 -o /dev/null -w '%{http_code}' \(Self.server)/api/v1/namespaces/\(application)/pods")
            #expect(["401", "403"].contains(nobody.stdout), "\(nobody)")
        }
    }
}
