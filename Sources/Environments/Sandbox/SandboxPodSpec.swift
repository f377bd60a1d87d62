import JSON

/// The pod that the agent's commands run in.
///
/// It holds no key of ours: a ServiceAccount token that the kubelet renews, the cluster's CA, and the application's
/// namespace where kubectl looks for its default. The root file system is read-only; the home and the temporary
/// folder are memory of the container, so that its limit bounds them and nothing is left to fill on the node's disk, and
/// they end with the pod.
struct SandboxPodSpec {
    let names: EnvironmentNames
    let request: EnvironmentRequest
    /// What the first command is told; nil for nothing.
    var notice: String?

    static let home = "/home/agent"
    private static let tokenPath = "/var/run/secrets/kubernetes.io/serviceaccount"
    private var user: JSONValue { .integer(names.sandboxUser) }

    private static let inMemory: JSONValue = ["medium": "Memory", "sizeLimit": "64Mi"]

    var json: JSONObject {
        var spec: JSONObject = [
            "serviceAccountName": .string(EnvironmentNames.serviceAccount),
            "automountServiceAccountToken": false,
            "enableServiceLinks": false,
            "restartPolicy": "Always",
            "terminationGracePeriodSeconds": 1,
            "activeDeadlineSeconds": .integer(request.sandboxLifetimeSeconds),
            "securityContext": [
                "runAsNonRoot": true, "runAsUser": user, "runAsGroup": user, "fsGroup": user,
                "seccompProfile": ["type": "RuntimeDefault"],
            ],
            "containers": [.object(container)],
            "volumes": [
                ["name": "home", "emptyDir": Self.inMemory],
                ["name": "tmp", "emptyDir": Self.inMemory],
                ["name": "identity", "projected": ["sources": identity]],
            ],
        ]
        if !request.images.pullSecrets.isEmpty {
            spec["imagePullSecrets"] = .array(request.images.pullSecrets.map { ["name": .string($0)] })
        }
        return spec
    }

    private var container: JSONObject {
        [
            "name": .string(EnvironmentNames.sandboxContainer),
            "image": .string(request.images.sandbox),
            "imagePullPolicy": .string(request.images.pullPolicy),
            "command": .strings(SandboxScript.hold(notice: notice)),
            "workingDir": .string(Self.home),
            "env": [
                ["name": "HOME", "value": .string(Self.home)],
                ["name": "TMPDIR", "value": "/tmp"],
                ["name": "POD_NAMESPACE", "value": .string(names.application)],
            ],
            "resources": [
                "requests": ["cpu": "20m", "memory": "32Mi"],
                "limits": ["cpu": "1", "memory": .string(SandboxLimits.containerMemory)],
            ],
            "securityContext": [
                "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": ["drop": ["ALL"]],
            ],
            "volumeMounts": [
                ["name": "home", "mountPath": .string(Self.home)],
                ["name": "tmp", "mountPath": "/tmp"],
                ["name": "identity", "mountPath": .string(Self.tokenPath), "readOnly": true],
            ],
        ]
    }

    /// What kubectl expects of a pod; the namespace it names is the application's, not the pod's own.
    private var identity: JSONValue {
        [
            ["serviceAccountToken": ["path": "token", "expirationSeconds": 3600]],
            ["configMap": ["name": "kube-root-ca.crt", "items": [["key": "ca.crt", "path": "ca.crt"]]]],
            [
                "configMap": [
                    "name": .string(SandboxSpace.contextConfigMap),
                    "items": [["key": "namespace", "path": "namespace"]],
                ]
            ],
        ]
    }
}
