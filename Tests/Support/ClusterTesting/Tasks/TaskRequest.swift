package import AIOpsAPI
package import JSON
import KubernetesModel

/// A task as a user would write it.
package struct TaskRequest: Sendable {
    package var problem: String
    package var model: JSONObject
    package var spec: JSONObject

    /// A benchmark problem with the simulated model.
    package init(_ problem: String, model: JSONObject = ["provider": "Simulated"], _ spec: JSONObject = [:]) {
        self.problem = problem
        self.model = model
        self.spec = spec
    }

    package static let detection = TaskRequest("shop_lite_target_port-misconfig-detection-1")
    package static let localization = TaskRequest("shop_lite_target_port-misconfig-localization-1")
    package static let analysis = TaskRequest("shop_lite_target_port-misconfig-analysis-1")
    package static let mitigation = TaskRequest("shop_lite_target_port-misconfig-mitigation-1")
    package static let noFault = TaskRequest("noop_detection_shop_lite-1")

    package var value: JSONValue {
        var value: JSONValue = [
            "problem": ["id": .string(problem)], "agent": ["strategy": "React", "model": .object(model)],
            "limits": ["timeoutSeconds": 600],
        ]
        for (key, field) in spec { value[key] = field }
        return value
    }
}

extension TestCluster {
    @discardableResult
    package func apply(_ request: TaskRequest, as name: String, in namespace: String) async throws -> AIOpsTask {
        try await create(AIOpsTask.resourceType, name, in: namespace, ["spec": request.value])
            .decode(AIOpsTask.self)
    }

    /// The pool `default` of a namespace.
    package func createPool(workers: Int, in namespace: String, named name: String = "default") async throws {
        try await create(
            WorkerPool.resourceType, name, in: namespace,
            ["spec": ["workers": ["backend": "Internal", "replicas": .integer(Int64(workers))]]])
    }
}
