import JSON
import KubernetesModel

/// Namespaces and the limits every one of them gets.
enum NamespaceManifest {
    static func namespace(_ name: String, podSecurity: String, labels: [(String, String)]) -> PlannedObject {
        PlannedObject(
            .namespaces, name: name,
            labels: labels + [
                ("pod-security.kubernetes.io/enforce", podSecurity),
                // What the server knows of the level now, not what it knew when the level came up.
                ("pod-security.kubernetes.io/enforce-version", "latest"),
            ], body: [:])
    }

    static func quota(namespace: String, labels: [(String, String)], hard: [(String, String)]) -> PlannedObject {
        PlannedObject(
            .resourceQuotas, namespace: namespace, name: "limits", labels: labels,
            body: ["spec": ["hard": .object(JSONObject.strings(hard))]])
    }

    /// The quota refuses a container without requests and limits; this fills them in.
    static func limits(namespace: String, labels: [(String, String)]) -> PlannedObject {
        PlannedObject(
            .limitRanges, namespace: namespace, name: "limits", labels: labels,
            body: [
                "spec": [
                    "limits": [
                        [
                            "type": "Container",
                            "default": ["cpu": "500m", "memory": "256Mi"],
                            "defaultRequest": ["cpu": "10m", "memory": "32Mi"],
                            "max": ["cpu": "4", "memory": "4Gi"],
                        ]
                    ]
                ]
            ])
    }
}
