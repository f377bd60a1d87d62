import JSON
import KubernetesClient
import KubernetesModel

/// A pod of one busybox container that runs a script.
enum TestPod {
    /// Returns when the pod is ready.
    static func start(
        _ script: String, stdin: Bool = false, _ client: KubernetesClient, in namespace: String
    ) async throws -> ObjectKey {
        let key = ObjectKey(namespace: namespace, name: "box")
        let before = try await client.list(Pod.self, namespace: namespace)
        _ = try await client.createDynamic(
            .pods,
            DynamicObject([
                "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "box", "namespace": .string(namespace)],
                "spec": [
                    "automountServiceAccountToken": false, "terminationGracePeriodSeconds": 0,
                    "containers": [
                        [
                            "name": "main", "image": "busybox:1.36", "imagePullPolicy": "IfNotPresent",
                            "stdin": .bool(stdin), "command": ["sh", "-c", .string(script)],
                        ]
                    ],
                ],
            ]))
        let stream = try await client.watch(
            Pod.self, namespace: namespace,
            options: WatchOptions(resourceVersion: before.resourceVersion, timeoutSeconds: 120))
        for try await event in stream {
            if case .modified(let pod) = event, pod.isReady { return key }
        }
        throw NoCluster(description: "the pod did not become ready within two minutes")
    }
}
