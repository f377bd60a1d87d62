import JSON
import KubernetesModel

/// The namespace the application runs in, and what the agent may do there.
struct ApplicationSpace {
    let names: EnvironmentNames
    let labels: [(String, String)]
    let request: EnvironmentRequest

    var namespace: PlannedObject {
        NamespaceManifest.namespace(names.application, podSecurity: "baseline", labels: labels)
    }

    var guards: [PlannedObject] {
        [
            NamespaceManifest.quota(
                namespace: names.application, labels: labels,
                hard: [
                    ("pods", "40"), ("requests.cpu", "4"), ("requests.memory", "4Gi"), ("limits.cpu", "16"),
                    ("limits.memory", "8Gi"), ("services", "40"), ("services.nodeports", "0"),
                    ("services.loadbalancers", "0"), ("configmaps", "60"), ("persistentvolumeclaims", "10"),
                    ("count/deployments.apps", "40"), ("count/statefulsets.apps", "40"),
                    ("count/replicasets.apps", "400"),
                ]),
            NamespaceManifest.limits(namespace: names.application, labels: labels),
        ] + NetworkRules.application(names: names, labels: labels, taskUID: request.taskUID)
    }

    var accounts: [PlannedObject] {
        [
            PlannedObject(
                .serviceAccounts, namespace: names.application, name: EnvironmentNames.applicationAccount,
                labels: labels,
                body: ["automountServiceAccountToken": false])
        ]
    }

    var access: [PlannedObject] {
        let role = PlannedObject(
            .roles, namespace: names.application, name: "operate", labels: labels,
            body: ["rules": .array(SandboxAccess.rules(for: request.taskType).map(\.json))])
        let binding = PlannedObject(
            .roleBindings, namespace: names.application, name: "operate", labels: labels,
            body: [
                "roleRef": ["apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "operate"],
                "subjects": [
                    [
                        "kind": "ServiceAccount", "name": .string(EnvironmentNames.serviceAccount),
                        "namespace": .string(names.sandbox),
                    ]
                ],
            ])
        return [role, binding]
    }
}
