import AIOpsAPI
import ClusterTesting
import FaultTesting
import JSON
import KubernetesClient
import KubernetesModel
import Testing

extension FaultClusterTests {
    /// Each field absent, empty, at its limit, beyond it, of another type, and back: the same end as before, or a
    /// refusal by the server, and never more than that.
    @Suite(.timeLimit(.minutes(60))) struct F43ChangedSpec {
        /// Waits for a pool that never comes, so that nothing starts and every field may be changed.
        private static let waiting: JSONValue = [
            "problem": ["id": "noop_detection_shop_lite-1"], "agent": ["model": ["provider": "Simulated"]],
            "poolRef": ["name": "nowhere"], "suspend": true,
        ]

        @Test func aThenBThenAIsA() async throws {
            let session = try FaultSession.current()
            let mutations = SpecMutations.all(of: AIOpsTask.Spec.schema)
            #expect(mutations.count > 300)
            let watch = QuietWatch(session)
            var task = try await waitingTask("f43-0", session)
            let first = try await EndState(try await settled(task, session), session.cluster)
            var ended = 0
            var refused = 0
            let numbers = Draw.numbers(to: mutations.count, sample: 40, salt: 43)
            for number in numbers {
                let mutation = mutations[number - 1]
                do throws(KubernetesError) {
                    try await set(Self.waiting.changing(mutation.path, to: mutation.value), task, session)
                } catch {
                    #expect(error.isUserError && !error.isRetryable, "\(mutation.name): \(error)")
                    refused += 1
                    continue
                }
                let changed = try await settled(task, session)
                if changed.status.isFinished {
                    // What can never run ends at once, and an end is final.
                    let said = changed.status.conditions.get(.succeeded)
                    #expect(said?.status == .false && said?.message.isEmpty == false, "\(mutation.name)")
                    ended += 1
                    try await session.deleteIfThere(task, nil)
                    try await session.cluster.awaitGone(task)
                    task = try await waitingTask("f43-\(number)", session)
                } else {
                    try await set(Self.waiting, task, session)
                }
                let again = try await EndState(try await settled(task, session), session.cluster)
                let differences = again.differences(from: first, allowed: []).filter {
                    !$0.contains("bservedGeneration")
                }
                #expect(differences.isEmpty, "\(mutation.name), and back: \(differences.joined(separator: "\n"))")
            }
            print(
                "F43: \(numbers.count) of \(mutations.count) changes, \(refused) refused by the server, \(ended) ends")
            watch.expectNoError(session)
            try await session.cluster.client.delete(AIOpsTask.resourceType, task.metadata.key)
            try await session.cluster.awaitGone(task)
        }

        private func set(
            _ spec: JSONValue, _ task: AIOpsTask, _ session: FaultSession.Running
        ) async throws(KubernetesError) {
            _ = try await session.cluster.client.patchDynamic(
                AIOpsTask.resourceType, task.metadata.key, .json([.replace(path: "/spec", spec)]))
        }

        private func waitingTask(_ name: String, _ session: FaultSession.Running) async throws -> AIOpsTask {
            try await session.cluster.create(
                AIOpsTask.resourceType, name, in: session.namespace, ["spec": Self.waiting]
            ).decode(AIOpsTask.self)
        }

        private func settled(_ task: AIOpsTask, _ session: FaultSession.Running) async throws -> AIOpsTask {
            try await session.cluster.await(
                task.metadata.name, in: session.namespace, "has been looked at", within: .seconds(60)
            ) { $0.status.observedGeneration == $0.metadata.generation }
        }
    }
}
