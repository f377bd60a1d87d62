import JSON
import KubernetesModel

/// What the proof of network isolation is made with: a namespace, a pod that listens, one that calls it, and the policy
/// that forbids the call.
///
/// The names are fixed, so that what a crash leaves is found by whoever proves next; there is one leader, so nobody else
/// works under them at a time.
struct NetworkProbePlan {
    static let namespaceName = "aiops-network-probe"
    static let label = "aiops.dev/probe"
    static let labelValue = "network"
    static let container = "probe"
    private static let port: Int64 = 8080
    private static let labels = [(label, labelValue)]
    /// Nobody's account: any id but 0 will do, and this one owns no file.
    private static let user: JSONValue = 65532

    let images: ImageSet

    var namespace: PlannedObject {
        NamespaceManifest.namespace(Self.namespaceName, podSecurity: "restricted", labels: Self.labels)
    }

    var listener: PlannedObject { pod("listener", ["httpd", "-f", "-p", "\(Self.port)", "-h", "/tmp"]) }

    var caller: PlannedObject { pod("caller", ["sleep", "600"]) }

    var policy: PlannedObject {
        PlannedObject(
            .networkPolicies, namespace: Self.namespaceName, name: "deny-all", labels: Self.labels,
            body: ["spec": ["podSelector": [:], "policyTypes": ["Ingress", "Egress"]]])
    }

    /// Ends with 0 when the listener has answered anything at all.
    ///
    /// BusyBox's own `-T` crashes in some builds, so the time is kept outside of wget. An answer of 404 is an answer: the folder
    /// that is served is empty.
    static func call(_ address: String) -> [String] {
        let host = address.contains(":") ? "[\(address)]" : address
        let script = """
            said=$(timeout 3 wget -q -O /dev/null http://\(host):\(port)/ 2>&1) && exit 0
            case "$said" in *404*) exit 0 ;; esac
            exit 7
            """
        return ["/bin/sh", "-c", script]
    }

    private func pod(_ name: String, _ command: [String]) -> PlannedObject {
        var spec: JSONObject = [
            "automountServiceAccountToken": false, "enableServiceLinks": false, "restartPolicy": "Never",
            "terminationGracePeriodSeconds": 1,
            // Whatever becomes of the operator, it ends.
            "activeDeadlineSeconds": 900,
            "securityContext": [
                "runAsNonRoot": true, "runAsUser": Self.user, "runAsGroup": Self.user,
                "seccompProfile": ["type": "RuntimeDefault"],
            ],
            "containers": [
                [
                    "name": .string(Self.container), "image": .string(images.busybox),
                    "imagePullPolicy": .string(images.pullPolicy), "command": .strings(command),
                    "resources": [
                        "requests": ["cpu": "10m", "memory": "16Mi"], "limits": ["cpu": "100m", "memory": "64Mi"],
                    ],
                    "securityContext": [
                        "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true,
                        "capabilities": ["drop": ["ALL"]],
                    ],
                ]
            ],
        ]
        if !images.pullSecrets.isEmpty {
            spec["imagePullSecrets"] = .array(images.pullSecrets.map { ["name": .string($0)] })
        }
        return PlannedObject(
            .pods, namespace: Self.namespaceName, name: name, labels: Self.labels, body: ["spec": .object(spec)])
    }
}
