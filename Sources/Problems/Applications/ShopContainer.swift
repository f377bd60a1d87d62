import Environments
import JSON

/// The one container that every pod of the shop has; fit for the restricted Pod Security level.
struct ShopContainer {
    let name: String
    let command: [String]
    let environment: [(String, String)]
    /// Nil for a pod that nobody calls.
    let port: Int?
    let images: ImageSet

    private static let user: JSONValue = 10001

    func podTemplate(restartPolicy: String, files: [(key: String, path: String)]) -> JSONValue {
        var spec: JSONObject = [
            "serviceAccountName": .string(EnvironmentNames.applicationAccount),
            "automountServiceAccountToken": false,
            "enableServiceLinks": false,
            "restartPolicy": .string(restartPolicy),
            "terminationGracePeriodSeconds": 1,
            "securityContext": [
                "runAsNonRoot": true, "runAsUser": Self.user, "runAsGroup": Self.user,
                "seccompProfile": ["type": "RuntimeDefault"],
            ],
            "containers": [.object(container)],
            "volumes": [
                [
                    "name": "shop",
                    "configMap": [
                        "name": "shop", "defaultMode": 0o555,
                        "items": .array(files.map { ["key": .string($0.key), "path": .string($0.path)] }),
                    ],
                ]
            ],
        ]
        if !images.pullSecrets.isEmpty {
            spec["imagePullSecrets"] = .array(images.pullSecrets.map { ["name": .string($0)] })
        }
        return ["metadata": ["labels": ["app": .string(name)]], "spec": .object(spec)]
    }

    private var container: JSONObject {
        var container: JSONObject = [
            "name": .string(name),
            "image": .string(images.busybox),
            "imagePullPolicy": .string(images.pullPolicy),
            "command": .strings(command),
            "env": .array(environment.map { ["name": .string($0.0), "value": .string($0.1)] }),
            "resources": [
                "requests": ["cpu": "10m", "memory": "16Mi"], "limits": ["cpu": "500m", "memory": "64Mi"],
            ],
            "securityContext": [
                "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": ["drop": ["ALL"]],
            ],
            "volumeMounts": [["name": "shop", "mountPath": "/shop", "readOnly": true]],
        ]
        if let port {
            container["ports"] = [["name": "http", "containerPort": .integer(Int64(port)), "protocol": "TCP"]]
            container["readinessProbe"] = [
                "httpGet": ["path": "/health", "port": "http"], "periodSeconds": 1, "timeoutSeconds": 2,
                "failureThreshold": 3,
            ]
        }
        return container
    }
}
