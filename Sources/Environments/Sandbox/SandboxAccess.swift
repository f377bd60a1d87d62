/// What the agent may do in the application's namespace, by task type.
///
/// Never granted: Secrets, `pods/exec`, `pods/attach`, any proxy or port forward, tokens, and RBAC itself. Whoever
/// installs the operator must give it all of this too, since Kubernetes lets nobody grant what they do not have:
/// the chart's ClusterRole is checked against ``all``.
package enum SandboxAccess {
    private static let look = ["get", "list", "watch"]
    private static let change = ["create", "update", "patch", "delete"]

    package static let readOnly: [AccessRule] = [
        AccessRule(
            apiGroups: [""],
            resources: [
                "configmaps", "endpoints", "events", "persistentvolumeclaims", "pods", "pods/log",
                "replicationcontrollers", "services",
            ], verbs: look),
        AccessRule(
            apiGroups: ["apps"], resources: ["daemonsets", "deployments", "replicasets", "statefulsets"], verbs: look),
        AccessRule(apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"], verbs: look),
        AccessRule(apiGroups: ["batch"], resources: ["cronjobs", "jobs"], verbs: look),
        AccessRule(apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: look),
        AccessRule(apiGroups: ["events.k8s.io"], resources: ["events"], verbs: look),
    ]

    private static let repair: [AccessRule] = [
        AccessRule(apiGroups: [""], resources: ["configmaps", "services"], verbs: change),
        AccessRule(apiGroups: [""], resources: ["pods"], verbs: ["delete"]),
        AccessRule(apiGroups: ["apps"], resources: ["deployments", "statefulsets"], verbs: change),
        AccessRule(
            apiGroups: ["apps"], resources: ["deployments/scale", "statefulsets/scale"],
            verbs: ["get", "update", "patch"]),
    ]

    /// Every rule that is ever granted.
    package static let all: [AccessRule] = readOnly + repair

    package static func rules(for taskType: TaskType) -> [AccessRule] { taskType.mayWrite ? all : readOnly }
}
