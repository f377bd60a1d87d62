import AIOpsAPI
import ClusterTesting
import FaultTesting
import JSON
import KubernetesClient
import KubernetesModel
import Testing

extension FaultClusterTests {
    /// The kind is not served for a while, or its definition is deleted and made again.
    @Suite(.timeLimit(.minutes(20))) struct F21KindGone {
        @Test func theWatchComesBackWithTheKind() async throws {
            let session = try FaultSession.current()
            _ = try await session.versions(of: .detection)
            let reads: JSONObject = ["verbs": ["list", "watch"], "resources": ["aiopstasks"]]
            let gone: JSONObject = [
                "forSeconds": 3, "text": "404 page not found\n", "message": "the server could not find the resource",
            ]
            let faults = [
                Fault("closed", "close", Fault.taskWatch, event: [:], skip: 4), .answer(404, to: reads, times: 0, gone),
            ]
            try await expect(FaultPlan("F21", .detection, faults), "404 for 3 s")
        }

        @Test func aDefinitionMayBeMadeAnew() async throws {
            let session = try FaultSession.current()
            let key = ObjectKey(namespace: "", name: "workerpools.aiops.dev")
            let definition = try #require(
                CustomResource.all.first { DynamicObject($0.definition(.current)).key == key })
            try await session.cluster.client.delete(.customResourceDefinitions, key)
            try await eventually("the definition is gone") {
                let left = try await session.cluster.client.listDynamic(.customResourceDefinitions).items.map(\.key)
                return .holds(!left.contains(key), else: "it is there")
            }
            _ = try await session.cluster.client.applyDynamic(
                .customResourceDefinitions, DynamicObject(definition.definition(.current)))
            try await eventually("pools are served again") { () async throws -> Answer<Void> in
                do {
                    try await session.cluster.createPool(workers: 2, in: session.namespace)
                    return .yes(())
                } catch let error as KubernetesError {
                    return .notYet("\(error)")
                }
            }
            try await expect(FaultPlan("F21", .detection, [], within: .seconds(240)), "with a new definition")
        }
    }
}
