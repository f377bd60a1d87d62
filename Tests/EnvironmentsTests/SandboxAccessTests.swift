import Environments
import JSON
import KubernetesModel
import Testing

/// The rights of the sandbox, compared with a table that is changed by hand only.
struct SandboxAccessTests {
    private static let readOnly = [
        "/configmaps,endpoints,events,persistentvolumeclaims,pods,pods/log,replicationcontrollers,services: get,list,watch",
        "apps/daemonsets,deployments,replicasets,statefulsets: get,list,watch",
        "autoscaling/horizontalpodautoscalers: get,list,watch",
        "batch/cronjobs,jobs: get,list,watch",
        "discovery.k8s.io/endpointslices: get,list,watch",
        "events.k8s.io/events: get,list,watch",
    ]

    private static let repair = [
        "/configmaps,services: create,update,patch,delete",
        "/pods: delete",
        "apps/deployments,statefulsets: create,update,patch,delete",
        "apps/deployments/scale,statefulsets/scale: get,update,patch",
    ]

    private static func table(_ type: TaskType) throws -> [String] {
        let plan = EnvironmentPlan(EnvironmentRequest(taskUID: "uid", attempt: 1, taskType: type))
        let role = try #require(plan.objects.first { $0.type.kind == "Role" })
        #expect(role.key.namespace == plan.names.application)
        return try #require(role.object.value["rules"]?.arrayValue).map { rule in
            func list(_ key: String) -> String {
                (rule[key]?.arrayValue ?? []).compactMap(\.stringValue).joined(separator: ",")
            }
            return "\(list("apiGroups"))/\(list("resources")): \(list("verbs"))"
        }
    }

    @Test(arguments: [TaskType.detection, .localization, .analysis])
    func lookingIsReadOnly(_ type: TaskType) throws { #expect(try Self.table(type) == Self.readOnly) }

    @Test func mendingMayChangeTheApplication() throws {
        #expect(try Self.table(.mitigation) == Self.readOnly + Self.repair)
    }

    @Test(arguments: TaskType.allCases)
    func whatIsNeverGranted(_ type: TaskType) {
        let rules = SandboxAccess.rules(for: type)
        for rule in rules {
            #expect(!(rule.apiGroups + rule.resources + rule.verbs).contains("*"))
            #expect(!rule.apiGroups.contains("rbac.authorization.k8s.io"))
            for verb in ["escalate", "bind", "impersonate", "deletecollection"] { #expect(!rule.verbs.contains(verb)) }
            for resource in rule.resources {
                for word in [
                    "secrets", "exec", "attach", "portforward", "proxy", "token", "serviceaccounts", "ephemeral",
                ] {
                    #expect(!resource.contains(word), "\(resource) is granted")
                }
            }
        }
        let isReadOnly = !rules.contains { !Set($0.verbs).isSubset(of: ["get", "list", "watch"]) }
        #expect(isReadOnly == !type.mayWrite)
    }

    @Test func theRoleIsBoundToTheSandboxAloneAndOnlyWhereTheApplicationIs() throws {
        let plan = EnvironmentPlan(EnvironmentRequest(taskUID: "uid", attempt: 1, taskType: .mitigation))
        let bindings = plan.objects.filter { $0.type.kind == "RoleBinding" }
        #expect(bindings.map(\.key.namespace) == [plan.names.application])
        #expect(
            bindings.first?.object.value["subjects"] == [
                [
                    "kind": "ServiceAccount", "name": .string(EnvironmentNames.serviceAccount),
                    "namespace": .string(plan.names.sandbox),
                ]
            ])
    }
}
