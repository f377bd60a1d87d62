import AIOpsAPI
import ClusterTesting
import FaultTesting
import JSON
import KubernetesClient
import KubernetesModel
import Primitives
import Testing

extension FaultClusterTests {
    /// Somebody else keeps writing to our objects.
    @Suite(.timeLimit(.minutes(20))) struct F42ForeignHand {
        /// Labels, annotations and status fields that are not theirs to write, many times a second.
        @Test func nobodyIsFoughtAndTheTaskEnds() async throws {
            let session = try FaultSession.current()
            _ = try await session.versions(of: .detection)
            let result = try await session.run(FaultPlan("F42", .detection, [])) { task in
                let key = task.metadata.key
                for number in 0..<10_000 {
                    let value = JSONValue.string("\(number)")
                    do throws(KubernetesError) {
                        _ = try await session.cluster.client.patchDynamic(
                            AIOpsTask.resourceType, key,
                            .merge(["metadata": ["annotations": ["elsewhere.example.com/turn": value]]]))
                        _ = try await session.cluster.client.patchDynamic(
                            AIOpsTask.resourceType, key, .merge(["status": ["display": ["pool": value]]]),
                            subresource: "status")
                    } catch {
                        if error.isNotFound { return }
                        throw error
                    }
                    try await SystemTimeSource().sleep(for: .milliseconds(250))
                }
            }
            let violations = result.violations.filter { !$0.contains("task.status.display.pool") }
            #expect(violations.isEmpty, "\(violations.joined(separator: "\n"))")
            let clean = try await session.writes(of: .detection)
            #expect(result.writes < clean * 2, "\(result.writes) writes instead of \(clean): a fight")
        }
    }
}
