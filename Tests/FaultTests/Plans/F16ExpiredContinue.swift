import AIOpsAPI
import ClusterTesting
import FaultTesting
import JSON
import KubernetesClient
import KubernetesModel
import Testing

extension FaultClusterTests {
    /// The token that leads to page k of a list has expired, for each k.
    @Suite(.timeLimit(.minutes(20))) struct F16ExpiredContinue {
        private static let tasks = 4

        @Test func theListIsWholeAllTheSame() async throws {
            let session = try FaultSession.current()
            for page in Draw.numbers(to: Self.tasks - 1, sample: 1, salt: 16) {
                let lists: JSONObject = ["verbs": ["list"], "resources": ["aiopstasks"]]
                var further = lists
                further["path"] = "continue="
                let expired = Fault.answer(410, to: further, skip: page - 1)
                // Where lists come as a stream there are no pages.
                let plain = Fault.answer(
                    422, to: ["verbs": ["watch"], "path": "sendInitialEvents", "resources": ["aiopstasks"]], times: 0)
                let pages = Fault("pages of one", "rewrite", lists, with: ["query": ["limit": "1"]], times: 0)
                try await session.process.stop()
                // All of them are there before the operator is: only a list can show them.
                for number in 0..<Self.tasks {
                    let request = Workload.refused.request(model: session.model.baseURL)
                    try await session.cluster.apply(request, as: "f16-\(page)-\(number)", in: session.namespace)
                }
                let began = try await session.rig.begin()
                try await session.rig.arm([plain, expired, pages])
                try await session.start()
                for number in 0..<Self.tasks {
                    let name = "f16-\(page)-\(number)"
                    let task = try await session.cluster.awaitFinished(name, in: session.namespace)
                    #expect(task.status.conditions.get(.succeeded)?.reason == "ProblemNotFound", "page \(page)")
                    try await session.cluster.client.delete(AIOpsTask.resourceType, task.metadata.key)
                    try await session.cluster.awaitGone(task)
                }
                let report = try await session.rig.report(since: began)
                #expect(report.hits["answer 410"] == 1, "page \(page) was never asked for: \(report.hits)")
                try await session.rig.arm([])
            }
        }
    }
}
