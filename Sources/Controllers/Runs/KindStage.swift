import AIOpsAPI
import Environments
import KubernetesClient
import KubernetesModel
import Primitives
import Telemetry

/// Makes the Kind cluster of a run, and tells in the task's status how far that is.
struct KindStage {
    private let context: RunContext
    private let kind: KindEnvironment

    init(_ context: RunContext, _ kind: KindEnvironment) {
        self.context = context
        self.kind = kind
    }

    func run(within limit: Duration) async throws(RunStop) -> KubernetesClient {
        let (kind, stage) = (kind, self)
        let what = "Kind cluster \(kind.order.name) could not be made"
        let client = try await context.within(limit, else: .provisioningFailed, what) {
            // Of steps that follow each other quickly the last is worth a write.
            let (steps, told) = AsyncStream<String>.makeStream(bufferingPolicy: .bufferingNewest(1))
            return try await withThrowingTaskGroup(of: KubernetesClient?.self) { group in
                group.addTask {
                    defer { told.finish() }
                    return try await kind.provide { told.yield($0) }
                }
                group.addTask {
                    for await step in steps { try await stage.tell(step) }
                    return nil
                }
                defer { group.cancelAll() }
                var client: KubernetesClient?
                while let result = try await group.next() { client = result ?? client }
                guard let client else { throw EnvironmentError.cancelled }
                return client
            }
        }
        await context.report("KindClusterReady", "Provision", "Kind cluster \(kind.order.name) is ready")
        return client
    }

    /// A step that cannot be written now is told with the next one; only losing the task ends the run.
    private func tell(_ step: String) async throws(RunStop) {
        let (name, generation) = (kind.order.name, context.generation)
        do throws(RunStop) {
            try await context.record.update { status, now in
                status.record(
                    .active(.provisioning, "Kind cluster \(name): \(step)"), generation: generation, now: now)
            }
        } catch {
            if case .abandoned = error { throw error }
            context.services.logger.info(
                "progress not written", ["task": "\(context.record.key)", "error": .describing(error)])
        }
    }
}
