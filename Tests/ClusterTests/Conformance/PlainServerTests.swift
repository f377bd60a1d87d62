import AIOpsAPI
import ClusterTesting
import JSON
import KubernetesClient
import KubernetesModel
import Testing

/// The operator as a process against the oldest server there is proof of: no CEL rules, no selectable fields, no streaming
/// lists, no aggregated discovery; our definitions in their old form.
@Suite(.operator(on: .plain), .timeLimit(.minutes(3))) struct PlainServerTests {
    @Test func aTaskIsAdmittedAndQueuedAndDeleted() async throws {
        try await SharedOperator.withNamespace("plain", workers: 0) { cluster, namespace in
            let made = try await cluster.apply(.noFault, as: "good", in: namespace)
            #expect(made.status.observedGeneration == -1)
            let queued = try await cluster.await("good", in: namespace, "is queued", within: .seconds(30)) {
                $0.status.phase == .queued
            }
            #expect(queued.status.conditions.isTrue(.reconciling))
            try await cluster.await("good", in: namespace, "is held by its finalizer", within: .seconds(30)) {
                $0.metadata.finalizers == ["aiops.dev/environment"]
            }
            try await cluster.client.delete(
                AIOpsTask.resourceType, queued.metadata.key, DeleteOptions(uid: queued.metadata.uid))
            try await eventually("the task is gone", within: .seconds(30)) {
                .holds(try await cluster.isGone(AIOpsTask.self, queued.metadata.key), else: "it is there")
            }
        }
    }

    /// What a rule of the definition refuses on newer servers, the operator refuses here by a condition.
    @Test func badInputFailsWithAReason() async throws {
        try await SharedOperator.withNamespace("plain", workers: 1) { cluster, namespace in
            try await cluster.apply(
                TaskRequest("shop_lite_target_port-misconfig-detection-7"), as: "unknown", in: namespace)
            var two = TaskRequest.noFault
            two.spec = ["query": ["message": "why?"]]
            try await cluster.apply(two, as: "two", in: namespace)
            let unknown = try await cluster.awaitFinished("unknown", in: namespace, within: .seconds(60))
            #expect(unknown.status.phase == .failed)
            #expect(unknown.status.conditions.get(.succeeded)?.reason == "ProblemNotFound")
            let both = try await cluster.awaitFinished("two", in: namespace, within: .seconds(60))
            #expect(both.status.phase == .failed)
            let message = both.status.conditions.get(.succeeded)?.message ?? ""
            #expect(message.contains("set exactly one of spec.problem"), "\(both.status.conditions)")
        }
    }

    @Test func aPoolScalesByItsScaleSubresource() async throws {
        try await SharedOperator.withNamespace("plain", workers: 1) { cluster, namespace in
            let key = ObjectKey(namespace: namespace, name: "default")
            try await cluster.awaitPool(key, "one worker") { $0.status.replicas == 1 && $0.status.ready == 1 }
            _ = try await cluster.client.setScale(WorkerPool.resourceType, key, replicas: 3)
            try await cluster.awaitPool(key, "three workers") { $0.status.workers.count == 3 }
        }
    }
}
