import AIOpsAPI
import ClusterTesting
import Conversations
import FaultTesting
import JSON
import KubernetesClient
import KubernetesModel
import Testing

extension FaultClusterTests {
    /// Each field of a pool and of a conversation absent, empty, at its limit, beyond it, of another type, and back.
    @Suite(.timeLimit(.minutes(60))) struct F43OtherKinds {
        private static let pool: JSONValue = ["workers": ["backend": "Internal", "replicas": 2]]

        /// Whatever a pool is made to say, it says again what it said before as soon as its spec is as it was.
        @Test func aPoolOfAThenBThenAIsA() async throws {
            let session = try FaultSession.current()
            let mutations = SpecMutations.all(of: WorkerPool.Spec.schema)
            #expect(mutations.count > 200)
            let watch = QuietWatch(session)
            let name = "f43-\(TestCluster.randomSuffix())"
            let key = ObjectKey(namespace: session.namespace, name: name)
            try await session.cluster.create(WorkerPool.resourceType, name, in: session.namespace, ["spec": Self.pool])
            let first = EndState(try await settled(key, session))
            var (refused, stalled) = (0, 0)
            let numbers = Draw.numbers(to: mutations.count, sample: 12, salt: 44)
            for number in numbers {
                let mutation = mutations[number - 1]
                do throws(KubernetesError) {
                    try await set(Self.pool.changing(mutation.path, to: mutation.value), key, session)
                } catch {
                    #expect(error.isUserError && !error.isRetryable, "\(mutation.name): \(error)")
                    refused += 1
                    continue
                }
                let changed = try await settled(key, session).decode(WorkerPool.self)
                let said = changed.status.conditions
                if said.isTrue(.stalled) {
                    // What cannot be served says which field it is.
                    #expect(said.get(.stalled)?.message.contains("spec.") == true, "\(mutation.name): \(said)")
                    stalled += 1
                }
                try await set(Self.pool, key, session)
                let differences = EndState(try await settled(key, session)).differences(from: first, allowed: [])
                    .filter { !$0.contains("bservedGeneration") }
                #expect(differences.isEmpty, "\(mutation.name), and back: \(differences.joined(separator: "\n"))")
            }
            print(
                "F43: \(numbers.count) of \(mutations.count) changes of a pool, \(refused) refused by the server, "
                    + "\(stalled) that cannot be served")
            watch.expectNoError(session)
            try await session.cluster.client.delete(WorkerPool.resourceType, key, DeleteOptions())
        }

        /// The spec of a conversation is nobody's to change, from the first message on; what its user may change of it, its
        /// labels and its owner, keeps nothing from its seal.
        @Test func aConversationStaysWhatItIs() async throws {
            let session = try FaultSession.current()
            let mutations = SpecMutations.all(of: LLMConversation.Spec.schema)
            #expect(mutations.count > 50)
            let watch = QuietWatch(session)
            let name = "f43-\(TestCluster.randomSuffix())"
            let begin = try await session.rig.begin()
            let task = try await session.cluster.apply(
                Workload.cancel.request(model: session.model.baseURL), as: name, in: session.namespace)
            try await session.awaitSleep(of: task, since: begin, within: .seconds(120))
            let link = try #require(
                try await session.cluster.client.get(AIOpsTask.self, task.metadata.key).status.conversations.last)
            let key = ObjectKey(namespace: session.namespace, name: link.name)
            let before = try await session.cluster.client.getDynamic(LLMConversation.resourceType, key)
            var refused = 0
            for mutation in mutations {
                let spec = (before.value["spec"] ?? [:]).changing(mutation.path, to: mutation.value)
                do throws(KubernetesError) {
                    _ = try await session.cluster.client.patchDynamic(
                        LLMConversation.resourceType, key, .json([.replace(path: "/spec", spec)]))
                } catch {
                    #expect(error.isUserError && !error.isRetryable, "\(mutation.name): \(error)")
                    refused += 1
                }
            }
            let after = try await session.cluster.client.getDynamic(LLMConversation.resourceType, key)
            #expect(after.value["spec"] == before.value["spec"])
            // Those that are let through change nothing: a field taken away that was not there.
            print("F43: \(mutations.count) changes of a conversation, \(refused) refused by the server")
            #expect(refused > mutations.count / 2)

            for (field, other) in [
                ("labels", nil), ("annotations", ["elsewhere.example.com/read": "yes"]), ("ownerReferences", nil),
            ] as [(String, JSONValue?)] {
                for value in [other, before.value["metadata"]?[field]] {
                    _ = try await session.cluster.client.patchDynamic(
                        LLMConversation.resourceType, key, .merge(["metadata": [field: value ?? .null]]))
                }
            }
            try await eventually("\(name) has ended", within: .seconds(120)) {
                try await session.rig.release()
                let status = try await session.cluster.client.get(AIOpsTask.self, task.metadata.key).status
                return .holds(status.isFinished, else: "\(status.phase?.rawValue ?? "no phase")")
            }
            let ended = try await session.cluster.awaitCleanedUp(name, in: session.namespace)
            #expect(ended.status.phase == .succeeded && ended.status.conditions.isTrue(.conversationPersisted))
            let read = try await ConversationOfTask.read(ended, session.cluster)
            #expect(read.totals.calls == 2 && read.totals.open == nil)
            watch.expectNoError(session)
            try await session.deleteIfThere(task, nil)
            try await session.cluster.awaitGone(task)
        }

        private func set(
            _ spec: JSONValue, _ key: ObjectKey, _ session: FaultSession.Running
        ) async throws(KubernetesError) {
            _ = try await session.cluster.client.patchDynamic(
                WorkerPool.resourceType, key, .json([.replace(path: "/spec", spec)]))
        }

        private func settled(_ key: ObjectKey, _ session: FaultSession.Running) async throws -> DynamicObject {
            try await eventually("the pool has been looked at", every: .milliseconds(20)) {
                let pool = try await session.cluster.client.getDynamic(WorkerPool.resourceType, key)
                let status = try pool.decode(WorkerPool.self).status
                return status.observedGeneration == pool.metadata.generation ? .yes(pool) : .notYet("\(status)")
            }
        }
    }
}
