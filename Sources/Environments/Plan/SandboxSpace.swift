import JSON
import KubernetesModel

/// The namespace the agent's commands run in; the agent has no rights there.
struct SandboxSpace {
    let names: EnvironmentNames
    var labels: [(String, String)] { [(EnvironmentNames.uidLabel, request.taskUID)] }
    let request: EnvironmentRequest

    /// Tells kubectl which namespace is meant when a command names none.
    static let contextConfigMap = "context"

    var namespace: PlannedObject {
        NamespaceManifest.namespace(names.sandbox, podSecurity: "restricted", labels: labels)
    }

    var guards: [PlannedObject] {
        [
            NamespaceManifest.quota(
                namespace: names.sandbox, labels: labels,
                hard: [
                    ("pods", "2"), ("requests.cpu", "1"), ("requests.memory", "1Gi"), ("limits.cpu", "4"),
                    ("limits.memory", "2Gi"), ("services", "0"), ("persistentvolumeclaims", "0"),
                    ("services.nodeports", "0"), ("services.loadbalancers", "0"), ("count/deployments.apps", "0"),
                ]),
            NamespaceManifest.limits(namespace: names.sandbox, labels: labels),
        ]
            + NetworkRules.sandbox(
                names: names, labels: labels, taskUID: request.taskUID, apiServer: request.apiServer)
    }

    var accounts: [PlannedObject] {
        [
            PlannedObject(
                .serviceAccounts, namespace: names.sandbox, name: EnvironmentNames.serviceAccount, labels: labels,
                body: ["automountServiceAccountToken": false]),
            PlannedObject(
                .configMaps, namespace: names.sandbox, name: Self.contextConfigMap, labels: labels,
                body: ["data": ["namespace": .string(names.application)]]),
        ]
    }

    /// The sandbox, in which the first command is told the notice.
    func pod(notice: String? = nil) -> PlannedObject {
        PlannedObject(
            .pods, namespace: names.sandbox, name: EnvironmentNames.sandboxPod, labels: labels,
            body: ["spec": .object(SandboxPodSpec(names: names, request: request, notice: notice).json)])
    }
}
