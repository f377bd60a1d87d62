import AIOpsAPI
import ClusterTesting
import Conversations
import JSON
import KubernetesClient
import KubernetesModel
import Primitives
import Testing

extension FirstRunAndModels {
    /// Any OpenAI-compatible server: its answers are graded, its failures are not held against the agent, its key is kept.
    @Suite(.timeLimit(.minutes(30))) struct Models {
        /// Of no shape that a redactor would know; another for each test, since each looks for its own everywhere.
        private let key = "q7Rk-teapot-\(TestCluster.randomSuffix())-Zz81"

        @Test func answersAreGradedAndUsageIsCounted() async throws {
            try await ModelServer.with { _, call in
                let isFirst = call.body["messages"]?.arrayValue?.contains { $0["role"] == "assistant" } != true
                if isFirst {
                    return .acts("exec_shell(\"env; id; kubectl get pods\")", promptTokens: 120, completionTokens: 15)
                }
                let answer = call.body["model"] == "right" ? "Yes" : "No"
                return .acts("submit(\"\(answer)\")", promptTokens: 200, completionTokens: 20)
            } _: { server in
                try await SharedOperator.withNamespace("models", workers: 2) { cluster, namespace in
                    try await createCredentials(cluster, namespace, host: server.address)
                    for name in ["right", "wrong"] {
                        try await cluster.apply(request(server, name), as: name, in: namespace)
                    }
                    for (name, verdict) in [("right", Verdict.passed), ("wrong", .failed)] {
                        let task = try await cluster.awaitCleanedUp(name, in: namespace)
                        let status = task.status
                        #expect(status.result?.verdict == verdict, "\(name): \(status.conditions)")
                        // A wrong answer is a valid datum: the run succeeded either way.
                        #expect(status.phase == .succeeded)
                        #expect(status.conditions.isTrue(.succeeded))
                        #expect(status.usage?.calls == 2)
                        #expect(status.usage?.inputTokens == 320)
                        #expect(status.usage?.outputTokens == 35)
                        #expect(status.usage?.simulated == false)
                        // Nobody knows the price of this model: unknown is not zero.
                        #expect(status.usage?.cost == nil)
                        #expect(status.display?.model == name)
                        #expect(status.result?.stepsTaken == 2)
                        let conversation = try await ConversationOfTask.read(task, cluster)
                        #expect(conversation.index.status.usage?.inputTokens == 320)
                    }
                    #expect(server.calls.count == 4)
                    #expect(server.calls.allSatisfy { $0.authorization == "Bearer \(key)" })
                    try await expectNoKey(cluster, namespace)
                }
            }
        }

        /// The server says no and repeats the key, as some do.
        @Test func aRefusedKeyIsTheProvidersAndNeverTheAgentsFailure() async throws {
            try await ModelServer.with { _, call in
                let heard = call.authorization ?? ""
                return .refuses(
                    status: 401,
                    body: #"{"error":{"message":"Incorrect API key provided: \#(heard)","code":"invalid_api_key"}}"#)
            } _: { server in
                try await SharedOperator.withNamespace("refused", workers: 1) { cluster, namespace in
                    try await createCredentials(cluster, namespace, host: nil)
                    try await cluster.apply(request(server, "any"), as: "refused", in: namespace)
                    let task = try await cluster.awaitCleanedUp("refused", in: namespace)
                    let status = task.status
                    #expect(status.phase == .failed)
                    #expect(status.conditions.get(.succeeded)?.reason == "ProviderAuthFailed")
                    #expect(status.result?.verdict == nil)
                    #expect(status.result?.success == nil)
                    #expect(server.calls.count == 1, "a refused key is not tried again")
                    let saved = try #require(status.environment?.diagnostics)
                    let bundle = try await cluster.client.get(
                        ConfigMap.self, ObjectKey(namespace: namespace, name: saved))
                    let text = bundle.data["diagnostics.txt"] ?? ""
                    #expect(text.contains("front"), "it shows the pods: \(text.prefix(300))")
                    try await expectNoKey(cluster, namespace)
                }
            }
        }

        @Test func whatTheUserMustMendIsSaidBeforeAnythingIsMade() async throws {
            try await ModelServer.with { _, _ in
                .acts("submit(\"Yes\")")
            } _: { server in
                try await SharedOperator.withNamespace("unmade", workers: 4) { cluster, namespace in
                    try await cluster.create(
                        .secrets, "opaque", in: namespace, ["stringData": ["apiKey": .string(key)]])
                    try await createCredentials(cluster, namespace, host: "elsewhere.example.com")
                    var missing = request(server, "any")
                    missing.model["credentialsSecretRef"] = ["name": "nowhere"]
                    var opaque = request(server, "any")
                    opaque.model["credentialsSecretRef"] = ["name": "opaque"]
                    var keyless = request(server, "any")
                    keyless.model["credentialsSecretRef"] = nil
                    keyless.model["baseURL"] = "http://elsewhere.example.com/v1"
                    let expected: [(String, TaskRequest, reason: String, advice: String)] = [
                        ("missing", missing, "CredentialsMissing", "create it with type aiops.dev/model-credentials"),
                        ("opaque", opaque, "CredentialsNotAllowed", "aiops.dev/model-credentials"),
                        ("elsewhere", request(server, "any"), "HostNotAllowed", "under `hosts` in Secret credentials"),
                        ("keyless", keyless, "HostNotAllowed", "--allowed-model-host elsewhere.example.com"),
                    ]
                    let start = try await cluster.client.list(Namespace.self).resourceVersion
                    for (name, request, _, _) in expected { try await cluster.apply(request, as: name, in: namespace) }
                    for (name, _, reason, advice) in expected {
                        let task = try await cluster.awaitCleanedUp(name, in: namespace)
                        let said = task.status.conditions.get(.succeeded)
                        #expect(said?.reason == reason, "\(name)")
                        #expect(said?.message.contains(advice) == true, "\(name): \(said?.message ?? "")")
                        #expect(task.status.result?.verdict == nil)
                        let made = try await cluster.namespacesEverMade(for: task, since: start)
                        #expect(made.isEmpty, "\(name)")
                    }
                    #expect(server.calls.isEmpty)
                }
            }
        }

        // MARK: Set-up

        private func createCredentials(_ cluster: TestCluster, _ namespace: String, host: String?) async throws {
            var data: JSONValue = ["apiKey": .string(key)]
            if let host { data["hosts"] = .string(host) }
            try await cluster.create(
                .secrets, "credentials", in: namespace,
                ["type": "aiops.dev/model-credentials", "stringData": data])
        }

        private func request(_ server: ModelServer, _ model: String) -> TaskRequest {
            TaskRequest(
                "shop_lite_target_port-misconfig-detection-1",
                model: [
                    "provider": "OpenAICompatible", "name": .string(model), "baseURL": .string(server.baseURL),
                    "credentialsSecretRef": ["name": "credentials"],
                ])
        }

        /// Everything the cluster keeps and everything the operator said.
        private func expectNoKey(_ cluster: TestCluster, _ namespace: String) async throws {
            let forms = [key, Base64.encode(Array(key.utf8))]
            for object in try await cluster.everything() where !object.name.hasPrefix("Secret \(namespace)/") {
                for form in forms { #expect(!object.text.contains(form), "\(object.name)") }
            }
            let log = try SharedOperator.current().process.log
            for form in forms { #expect(!log.contains(form)) }
        }
    }
}
