import AIOpsAPI
import ClusterTesting
import FaultTesting
import JSON
import KubernetesClient
import KubernetesModel
import Primitives
import Testing

extension FaultClusterTests {
    /// The definition of tasks changes beneath a running operator, as with a release that is rolled out and taken back.
    @Suite(.timeLimit(.minutes(20))) struct F21ChangedDefinition {
        /// A version is gained and lost in the middle of a run; in between somebody writes to the task by it.
        @Test func aVersionMayComeAndGo() async throws {
            let session = try FaultSession.current()
            _ = try await session.versions(of: .detection)
            let life = session.process.lives
            let slow = Fault(
                "slow", "delay", ["verbs": ["create"], "resources": ["services"]], with: ["seconds": 5])
            let isThrough = Locked(false)
            var plan = FaultPlan("F21", .detection, [slow])
            plan.cutsHistory = true
            let faulty = plan
            let result = try await defining(session) {
                try await session.run(faulty) { task in
                    try await define(.withAnotherVersion, session)
                    try await expectServed(true, session)
                    let note: JSONValue = ["metadata": ["annotations": ["elsewhere.example.com/note": "by v1beta1"]]]
                    _ = try await session.cluster.client.patchDynamic(
                        LaterDefinition.otherVersion, task.metadata.key, .merge(note))
                    try await define(.present, session)
                    try await expectServed(false, session)
                    let left = try await session.cluster.client.get(AIOpsTask.self, task.metadata.key)
                    isThrough.withLock { $0 = !left.status.isFinished }
                }
            }
            #expect(result.violations.isEmpty, "\(result.violations.joined(separator: "\n"))")
            #expect(isThrough.withLock { $0 }, "the run was over before the version had come and gone")
            #expect(session.process.lives == life)
            let watches = result.journal.count { $0.verb == "watch" && $0.resource == "aiopstasks" }
            let lists = result.journal.count {
                $0.verb == "list" && $0.resource == "aiopstasks" && $0.namespace.isEmpty
            }
            print("a version came and went: \(watches) watches, \(lists) lists, \(result.took)")
            #expect(watches < 8 && lists < 8, "\(watches) watches, \(lists) lists")
        }

        /// What only a later release knows is left as it is by everything that this one writes.
        @Test func whatALaterReleaseWroteIsKept() async throws {
            let session = try FaultSession.current()
            _ = try await session.versions(of: .detection)
            let (client, life) = (session.cluster.client, session.process.lives)
            let field = LaterDefinition.newField
            try await defining(session) {
                try await define(.withMore, session)
                var plan = FaultPlan(
                    "F21", .detection, [], mayDiffer: ["task.spec.\(field)", "task.status.\(field)"])
                plan.cutsHistory = true
                let result = try await session.run(plan) { task in
                    // Until the server knows the fields it drops them.
                    try await eventually("both new fields are there", every: .milliseconds(50)) {
                        let key = task.metadata.key
                        _ = try await client.patchDynamic(
                            AIOpsTask.resourceType, key, .merge(["spec": [field: "in spec"]]))
                        let read = try await client.patchDynamic(
                            AIOpsTask.resourceType, key, .merge(["status": [field: "in status"]]), subresource: "status"
                        ).value
                        return .holds(
                            read["spec"]?[field] != nil && read["status"]?[field] != nil, else: read.text)
                    }
                }
                // A changed spec is another generation.
                let violations = result.violations.filter {
                    !$0.contains("bservedGeneration") && !$0.contains("admission.generation")
                }
                #expect(violations.isEmpty, "\(violations.joined(separator: "\n"))")
                let end = result.end?.fields ?? [:]
                #expect(end["task.spec.\(field)"] == "in spec" && end["task.status.\(field)"] == "in status")
                try await expectUnknownWordRefused(session)
            }
            #expect(session.process.lives == life)
        }

        /// A word that this release does not know is said, and stays; nothing is run on a guess.
        private func expectUnknownWordRefused(_ session: FaultSession.Running) async throws {
            var request = Workload.detection.request(model: session.model.baseURL)
            request.spec["successPolicy"] = .string(LaterDefinition.newWord)
            let task = try await session.cluster.apply(request, as: "f21-word", in: session.namespace)
            let ended = try await session.cluster.await("f21-word", in: session.namespace, "has ended") {
                $0.status.isFinished
            }
            let said = ended.status.conditions.get(.succeeded)
            #expect(said?.status == .false && said?.reason == "InvalidSpec", "\(said as Any)")
            #expect(said?.message.contains("successPolicy") == true, "\(said as Any)")
            let read = try await session.cluster.client.getDynamic(AIOpsTask.resourceType, task.metadata.key).value
            #expect(read["spec"]?["successPolicy"] == .string(LaterDefinition.newWord))
            try await session.deleteIfThere(task, nil)
            try await session.cluster.awaitGone(task)
        }

        // MARK: The definition

        /// Whatever comes of `body`, tasks are defined as before at the end.
        private func defining<Value>(
            _ session: FaultSession.Running, _ body: () async throws -> Value
        ) async throws -> Value {
            do {
                let value = try await body()
                try await define(.present, session)
                return value
            } catch {
                try await define(.present, session)
                throw error
            }
        }

        private func define(_ definition: LaterDefinition, _ session: FaultSession.Running) async throws {
            _ = try await session.cluster.client.applyDynamic(
                .customResourceDefinitions, DynamicObject(definition.value))
        }

        private func expectServed(_ expected: Bool, _ session: FaultSession.Running) async throws {
            let type = LaterDefinition.otherVersion
            try await eventually("\(type.version) is\(expected ? "" : " not") served", every: .milliseconds(50)) {
                do throws(KubernetesError) {
                    _ = try await session.cluster.client.listDynamic(type, namespace: session.namespace)
                    return .holds(expected, else: "it is")
                } catch {
                    guard error.isNotFound || error.isRetryable else { throw error }
                    return .holds(!expected && error.isNotFound, else: "\(error)")
                }
            }
        }
    }
}
