import AIOpsAPI
import ClusterTesting
import FaultTesting
import JSON
import KubernetesClient
import KubernetesModel
import Testing

extension FaultClusterTests {
    /// The bytes of a watch come in every way that HTTP allows, and in some that it does not.
    @Suite(.timeLimit(.minutes(30))) struct F11BrokenFraming {
        private static let ways = Cases<(action: String, options: JSONObject)>([
            ("cut inside an object", ("cut", [:])), ("cut inside a chunk", ("cut", ["inChunk": true])),
            ("cut inside a character", ("cut", ["at": "utf8"])), ("reset inside an object", ("reset", [:])),
            ("two objects in one chunk", ("join", [:])), ("one object in 200 chunks", ("dribble", ["chunks": 200])),
            ("an empty line", ("insert", ["raw": "\n"])), ("CRLF", ("crlf", [:])),
            ("the same event twice", ("duplicate", [:])),
        ])

        @Test func nothingIsLostAndTheStreamGoesOn() async throws {
            let session = try FaultSession.current()
            _ = try await session.versions(of: .detection)
            for (name, way) in Self.ways.drawn(2, salt: 11) {
                let fault = Fault(name, way.action, Fault.taskWatch, event: [:], with: way.options, skip: 5, times: 3)
                try await expect(FaultPlan("F11", .detection, [fault]), name) { task in
                    // Characters of two, three and four bytes in every version that follows.
                    _ = try await session.cluster.client.patchDynamic(
                        AIOpsTask.resourceType, task.metadata.key,
                        .merge(["metadata": ["annotations": ["note": "ü€🐳 straße"]]]))
                }
            }
        }
    }
}
