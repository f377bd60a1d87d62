import AIOpsAPI
import JSON
import KubernetesClient
package import KubernetesModel

/// A kind to play with, and an object of it.
package struct Subject: Sendable {
    package let type: ResourceType
    /// What an object says beside its metadata.
    let sample: JSONObject
    /// What a merge makes of it.
    let changed: JSONObject
    /// The field that this changes, as a JSON pointer, and its value then.
    let field: (path: String, value: JSONValue)
    package let isBuiltIn: Bool
    let replace:
        @Sendable (KubernetesClient, JSONValue, _ status: Bool, WriteOptions) async throws(KubernetesError) -> Void

    var name: String { type.plural }

    private init<R: RawObject>(
        _ kind: R.Type, sample: JSONObject, changed: JSONObject, field: (path: String, value: JSONValue),
        isBuiltIn: Bool
    ) {
        type = R.resourceType
        self.sample = sample
        self.changed = changed
        self.field = field
        self.isBuiltIn = isBuiltIn
        replace = { client, value, status, options throws(KubernetesError) in
            let object = R(value: value)
            _ =
                status
                ? try await client.updateStatus(object, options: options)
                : try await client.update(object, options: options)
        }
    }

    private struct RawConfigMap: RawObject {
        static let resourceType = ResourceType.configMaps
        var value: JSONValue
    }

    private struct RawNamespace: RawObject {
        static let resourceType = ResourceType.namespaces
        var value: JSONValue
    }

    private struct RawDeployment: RawObject {
        static let resourceType = ResourceType.deployments
        var value: JSONValue
    }

    private struct RawTask: RawObject {
        static let resourceType = AIOpsTask.resourceType
        var value: JSONValue
    }

    private struct RawPool: RawObject {
        static let resourceType = WorkerPool.resourceType
        var value: JSONValue
    }

    static let configMap = Subject(
        RawConfigMap.self, sample: ["data": ["k": "v"]], changed: ["data": ["k": "w"]], field: ("/data/k", "w"),
        isBuiltIn: true)
    static let namespace = Subject(
        RawNamespace.self, sample: [:], changed: ["metadata": ["labels": ["x": "y"]]],
        field: ("/metadata/labels", ["x": "y"]), isBuiltIn: true)
    static let deployment = Subject(
        RawDeployment.self,
        sample: [
            "spec": [
                "replicas": 0, "selector": ["matchLabels": ["a": "b"]],
                "template": [
                    "metadata": ["labels": ["a": "b"]],
                    "spec": ["containers": [["name": "one", "image": "none"], ["name": "two", "image": "none"]]],
                ],
            ]
        ], changed: ["spec": ["minReadySeconds": 5]], field: ("/spec/minReadySeconds", 5), isBuiltIn: true)
    static let task = Subject(
        RawTask.self, sample: ["spec": ["problem": ["id": "p1"]]], changed: ["spec": ["priority": 5]],
        field: ("/spec/priority", 5), isBuiltIn: false)
    static let pool = Subject(
        RawPool.self, sample: ["spec": ["workers": ["replicas": 2]]], changed: ["spec": ["workers": ["replicas": 3]]],
        field: ("/spec/workers/replicas", 3), isBuiltIn: false)
}
