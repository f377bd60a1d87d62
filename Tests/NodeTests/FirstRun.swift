import AIOpsAPI
import ClusterTesting
import Conversations
import JSON
import KubernetesClient
import KubernetesModel
import Primitives
import Testing

extension FirstRunAndModels {
    /// The main job: apply tasks, get verdicts, conversations and a clean cluster.
    @Suite(.timeLimit(.minutes(30))) struct FirstRun {
        private static let requests: [(name: String, request: TaskRequest)] = [
            ("one", .detection), ("two", .localization), ("three", .analysis), ("four", .mitigation),
            ("five", .noFault),
        ]

        @Test func fiveProblemsAtOnceEndInVerdictsConversationsAndNothingLeft() async throws {
            try await SharedOperator.withNamespace("first-run", workers: 5) { cluster, namespace in
                for (name, request) in Self.requests { try await cluster.apply(request, as: name, in: namespace) }
                var environments: [String] = []
                for (name, request) in Self.requests {
                    let task = try await cluster.awaitCleanedUp(name, in: namespace)
                    environments += [task.status.environment?.name, task.status.environment?.sandbox].compactMap(\.self)
                    expectSuccess(task)
                    try await expectWholeConversation(task, request, cluster)
                    try await expectExports(task, cluster)
                    let left = try await cluster.objects(labelledFor: task.metadata.uid)
                    #expect(left.isEmpty, "\(name)")
                }
                try await expectColumns(cluster, namespace)
                let namespaces = try await cluster.kubectl.run("get", "namespaces")
                #expect(Set(environments).count == 10)
                for name in environments { #expect(!namespaces.contains(name)) }
            }
        }

        /// What visitors of the shop saw: served, then refused because of the fault, then served again.
        @Test func theFaultBreaksTheFrontDoorAndTheMitigationMendsIt() async throws {
            try await SharedOperator.withNamespace("front-door", workers: 1) { cluster, namespace in
                var request = TaskRequest.mitigation
                // Kept, so that the visitors can still be asked.
                request.spec = ["environment": ["retention": ["onSuccessSeconds": 600]]]
                try await cluster.apply(request, as: "kept", in: namespace)
                let task = try await cluster.awaitFinished("kept", in: namespace)
                #expect(task.status.result?.verdict == .passed)
                let seen = try await visits(cluster, environment: task.status.environment?.name ?? "")
                // Runs of the same answer, in order; the first visitors come before the shop is open.
                let courses = seen.drop { !$0 }.reduce(into: [Bool]()) { if $0.last != $1 { $0.append($1) } }
                #expect(courses == [true, false, true], "\(seen)")
                let retained = try await cluster.await("kept", in: namespace, "kept") {
                    $0.status.conditions.get(.cleanedUp)?.reason == "Retained"
                }
                #expect(retained.status.environment?.retainUntil != nil)
                let held = try await cluster.namespaces(labelledFor: task)
                #expect(held.count == 2)
                // Deleting the task releases what was kept.
                try await cluster.client.delete(AIOpsTask.resourceType, task.metadata.key)
                try await cluster.awaitGone(task)
                let left = try await cluster.objects(labelledFor: task.metadata.uid)
                #expect(left.isEmpty)
            }
        }

        // MARK: What is expected

        private func expectSuccess(_ task: AIOpsTask) {
            let name = task.metadata.name
            let status = task.status
            #expect(status.phase == .succeeded, "\(name): \(status.conditions)")
            #expect(status.result?.verdict == .passed, "\(name): \(status.result?.message ?? "")")
            #expect(status.observedGeneration == task.metadata.generation)
            for type in [
                ConditionType.succeeded, .finished, .ready, .admitted, .environmentReady, .applicationDeployed,
                .faultInjected, .agentCompleted, .evaluated, .conversationPersisted, .cleanedUp,
            ] {
                #expect(status.conditions.isTrue(type), "\(name): \(type) \(status.conditions)")
            }
            for type in [ConditionType.reconciling, .stalled] {
                #expect(!status.conditions.isTrue(type), "\(name): \(type)")
            }
            #expect(status.usage?.simulated == true)
            #expect((status.usage?.inputTokens ?? 0) > 0)
            #expect(status.environment?.inventory.isEmpty == true)
        }

        private func expectWholeConversation(
            _ task: AIOpsTask, _ request: TaskRequest, _ cluster: TestCluster
        ) async throws {
            let conversation = try await ConversationOfTask.read(task, cluster)
            #expect(conversation.messages.count == task.status.result?.totalMessages)
            #expect(conversation.index.status.totalMessages == conversation.messages.count)
            let roles = conversation.messages.map(\.role)
            #expect(roles.first == .system)
            #expect(roles.contains(.assistant))
            let calls = conversation.messages.count { $0.role == .assistant }
            #expect(calls == task.status.result?.stepsTaken, "\(task.metadata.name)")
            for message in conversation.messages {
                for secret in [request.problem, "misconfig-", "noop_", task.metadata.uid] {
                    #expect(
                        !message.content.contains(secret), "\(task.metadata.name) message \(message.seq): \(secret)")
                }
            }
        }

        /// As a user takes it out of the cluster.
        private func expectExports(_ task: AIOpsTask, _ cluster: TestCluster) async throws {
            let name = try #require(task.status.conversations.first?.name)
            let proof = try JSONValue(
                parsing: Array(try await conversation("verify", name, ["--json"], task, cluster).utf8))
            #expect(proof["whole"] == true && proof["sealed"] == true, "\(name)")
            #expect(proof["messages"]?.integerValue == task.status.result?.totalMessages.map { Int64($0) }, "\(name)")
            let text = try await conversation("export", name, [], task, cluster)
            #expect(text.contains("verdict Passed") && text.contains("submit("), "\(name)")
            for format in ["json", "training", "aiopslab", "atif"] {
                let text = try await conversation("export", name, ["--format", format], task, cluster)
                _ = try JSONValue(parsing: Array(text.utf8))
            }
        }

        private func conversation(
            _ verb: String, _ name: String, _ options: [String], _ task: AIOpsTask, _ cluster: TestCluster
        ) async throws -> String {
            let place = ["--namespace", task.metadata.namespace ?? "", "--kubeconfig", cluster.kubeconfig]
            let child = try ChildProcess(
                try OperatorProcess.builtProgram(), ["conversation", verb, name] + options + place, separateErrors: true
            )
            #expect(try await child.exit(within: .seconds(60)) == 0, "\(verb) \(name): \(child.errors())")
            return child.output()
        }

        private func expectColumns(_ cluster: TestCluster, _ namespace: String) async throws {
            let lines = try await cluster.kubectl.run("-n", namespace, "get", "aiopstasks")
                .split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
            #expect(
                lines.first == [
                    "NAME", "PROBLEM", "MODEL", "POOL", "PHASE", "VERDICT", "STEPS", "TOKENS", "COST", "DURATION",
                    "AGE",
                ])
            #expect(lines.count == 6)
            for line in lines.dropFirst() {
                let request = Self.requests.first { $0.name == line.first }?.request
                #expect(line.contains(request?.problem ?? "none"))
                #expect(line.contains("Succeeded"))
                #expect(line.contains("Passed"))
                #expect(line.contains("default"))
                #expect(!line.contains("<none>"), "\(line)")
            }
            let conversations = try await cluster.kubectl.run("-n", namespace, "get", "llmc")
            #expect(conversations.split(separator: "\n").count == 6)
        }

        /// Whether each visit was answered with 200, in order.
        private func visits(_ cluster: TestCluster, environment: String) async throws -> [Bool] {
            let pods = try await cluster.client.list(Pod.self, namespace: environment).items
            let visitor = try #require(pods.first { $0.metadata.name.hasPrefix("visitors") })
            let log = String(decoding: try await cluster.client.logs(visitor.metadata.key), as: UTF8.self)
            return log.split(separator: "\n").compactMap { line in
                let words = line.split(separator: " ")
                return words.count >= 3 ? words[1] == "200" : nil
            }
        }
    }
}
