import AIOpsAPI
import ClusterTesting
import JSON
import KubernetesClient
import KubernetesModel
import Primitives
import Testing

extension WithOperator {
    /// Bad input is refused with a reason and advice, by the server or by a condition; everybody else goes on.
    @Suite(.timeLimit(.minutes(2))) struct Admission {
        static let refused: [(name: String, change: JSONValue, words: String)] = [
            ("two kinds of work", ["query": ["message": "why?"]], "set exactly one of spec.problem"),
            ("priority 9", ["priority": 9], "spec.priority"),
            (
                "model without address", ["agent": ["model": ["provider": "OpenAICompatible"]]],
                "set baseURL: provider OpenAICompatible has no address of its own"
            ),
        ]

        @Test(arguments: refused)
        func theServerRefusesInOurWords(name: String, change: JSONValue, words: String) async throws {
            try await SharedOperator.withNamespace("refused") { cluster, namespace in
                let spec = JSONMergePatch.apply(change, to: TaskRequest.noFault.value)
                let error = await #expect(throws: KubernetesError.self) {
                    try await cluster.create(AIOpsTask.resourceType, "bad", in: namespace, ["spec": spec])
                }
                #expect(error?.isUserError == true)
                #expect("\(error.map { "\($0)" } ?? "")".contains(words))
            }
        }

        @Test func theOperatorRefusesByConditionAndOtherTasksGoOn() async throws {
            try await SharedOperator.withNamespace("conditions", workers: 1) { cluster, namespace in
                var unserved = TaskRequest.noFault
                unserved.spec = ["approval": ["policy": "Always"]]
                let bad: [(name: String, request: TaskRequest, reason: String, advice: String)] = [
                    (
                        "unknown", TaskRequest("shop_lite_target_port-misconfig-detection-7"), "ProblemNotFound",
                        "shop_lite_target_port-misconfig-detection-1"
                    ),
                    ("unserved", unserved, "NotSupported", "spec.approval"),
                    (
                        "vendor",
                        TaskRequest("noop_detection_shop_lite-1", model: ["provider": "OpenAI", "name": "x"]),
                        "CredentialsMissing", "credentialsSecretRef"
                    ),
                ]
                for (name, request, _, _) in bad { try await cluster.apply(request, as: name, in: namespace) }
                try await cluster.apply(.noFault, as: "good", in: namespace)
                for (name, _, reason, advice) in bad {
                    let task = try await cluster.awaitFinished(name, in: namespace, within: .seconds(60))
                    let conditions = task.status.conditions
                    #expect(task.status.phase == .failed, "\(name)")
                    #expect(conditions.get(.succeeded)?.reason == reason, "\(name): \(conditions)")
                    #expect(conditions.get(.succeeded)?.message.contains(advice) == true, "\(name): \(conditions)")
                    #expect(conditions.isTrue(.stalled) && conditions.isTrue(.cleanedUp), "\(name): \(conditions)")
                    #expect(!conditions.isTrue(.reconciling) && !conditions.isTrue(.ready), "\(name): \(conditions)")
                    #expect(task.status.observedGeneration == task.metadata.generation)
                    #expect(task.status.claim == nil, "\(name) took a worker's time")
                }
                try await cluster.await("good", in: namespace, "is worked on", within: .seconds(60)) {
                    $0.status.phase == .provisioning && $0.status.environment?.inventory.isEmpty == false
                }
            }
        }

        @Test func aTaskWaitsForAPoolAndGoesOnWhenItComes() async throws {
            try await SharedOperator.withNamespace("poolless") { cluster, namespace in
                var request = TaskRequest.noFault
                request.spec = ["poolRef": ["name": "later"]]
                try await cluster.apply(request, as: "patient", in: namespace)
                let waiting = try await cluster.await("patient", in: namespace, "says what is missing") {
                    $0.status.conditions.get(.admitted)?.reason == "PoolNotFound"
                }
                #expect(waiting.status.phase == .pending)
                let advice = waiting.status.conditions.get(.admitted)?.message ?? ""
                #expect(advice.contains("later in namespace \(namespace)") && advice.contains("create it"), "\(advice)")
                try await cluster.createPool(workers: 0, in: namespace, named: "later")
                let queued = try await cluster.await("patient", in: namespace, "is queued", within: .seconds(30)) {
                    $0.status.phase == .queued
                }
                #expect(queued.status.display?.pool == "later")
            }
        }
    }
}
