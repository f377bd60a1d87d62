import ClusterTesting
import Glibc
import JSON
import KubernetesClient
import KubernetesModel
import Primitives
import YAML

/// Gives the operator of the rig exactly the rights that the chart gives it.
struct OperatorRights {
    private static let group = "rbac.authorization.k8s.io"
    private static let types = [
        "Namespace": ResourceType.namespaces,
        "ClusterRole": .clusterRoles, "ClusterRoleBinding": .clusterRoleBindings, "Role": .roles,
        "RoleBinding": .roleBindings,
    ]

    /// Where the chart's manifests put the operator.
    static let namespace = "aiops-system"

    static func grant(to user: String, credentialsIn namespace: String, _ cluster: TestCluster) async throws {
        let subjects: JSONValue = [["apiGroup": .string(group), "kind": "User", "name": .string(user)]]
        for document in try YAML.parseAll(try manifest()) {
            guard let type = document["kind"]?.stringValue.flatMap({ types[$0] }) else { continue }
            var object = document
            if document["subjects"] != nil { object["subjects"] = subjects }
            _ = try await cluster.client.applyDynamic(type, DynamicObject(object))
        }
        try await cluster.create(
            .roleBindings, "aiops-operator-model-credentials", in: namespace,
            [
                "roleRef": [
                    "apiGroup": .string(group), "kind": "ClusterRole", "name": "aiops-operator-model-credentials",
                ],
                "subjects": subjects,
            ])
    }

    /// The ClusterRole as the chart has it.
    static func restore(_ cluster: TestCluster) async throws {
        for role in try YAML.parseAll(try manifest()) where role["kind"] == "ClusterRole" {
            guard role["metadata"]?["name"] == "aiops-operator", let rules = role["rules"] else { continue }
            let key = ObjectKey(namespace: "", name: "aiops-operator")
            _ = try await cluster.client.patchDynamic(.clusterRoles, key, .merge(["rules": rules]))
        }
    }

    private static func manifest() throws -> [UInt8] {
        let path = RepositoryRoot.path + "/manifests/operator/operator.yaml"
        guard let text = TextFile.read(path) else { throw NeverHappened("\(path) cannot be read") }
        return Array(text.utf8)
    }
}
