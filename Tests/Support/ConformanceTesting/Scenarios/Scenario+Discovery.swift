import JSON
import KubernetesClient
import KubernetesModel

extension Scenario {
    static let discovery = Scenario("discovery", with: [.task]) { kind in [kind.discover()] }

    static let wrongKind = Scenario("wrong-kind", with: .both) { kind in
        let group = kind.type.group
        let unknown = ResourceType(group: group, version: kind.type.version, kind: "Nothing", plural: "nothings")
        let nobody = ResourceType(group: "nobody.example", version: "v1", kind: "Nothing", plural: "nothings")
        let old = ResourceType(group: group, version: "v9", kind: kind.type.kind, plural: kind.type.plural)
        return [unknown, nobody, old].flatMap { type in
            [
                kind.elsewhere("get \(type)") { stage throws(KubernetesError) in
                    _ = try await stage.client.getDynamic(type, stage.key("a", type))
                },
                kind.elsewhere("list \(type)") { stage throws(KubernetesError) in
                    _ = try await stage.client.listDynamic(type, namespace: stage.namespace)
                },
                kind.elsewhere("create \(type)") { stage throws(KubernetesError) in
                    let object = DynamicObject([
                        "apiVersion": .string(type.apiVersion), "kind": .string(type.kind),
                        "metadata": ["name": "a", "namespace": .string(stage.namespace)],
                    ])
                    _ = try await stage.client.createDynamic(type, object, options: .tester)
                },
            ]
        } + [
            // One kind's object at another's address.
            kind.elsewhere("create a kind at another's address") { stage throws(KubernetesError) in
                let object = DynamicObject([
                    "apiVersion": "v1", "kind": "Wrong",
                    "metadata": ["name": "a", "namespace": .string(stage.namespace)],
                ])
                _ = try await stage.client.createDynamic(kind.type, object, options: .tester)
            }
        ]
    }
}
