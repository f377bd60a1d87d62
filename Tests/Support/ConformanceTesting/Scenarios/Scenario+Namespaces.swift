import JSON
import KubernetesClient
import KubernetesModel

extension Scenario {
    static let missingNamespace = Scenario("missing-namespace", with: .both) { kind in
        [
            kind.elsewhere("create in a namespace that is not there") { stage throws(KubernetesError) in
                var object: JSONValue = .object(kind.sample)
                object["apiVersion"] = .string(kind.type.apiVersion)
                object["kind"] = .string(kind.type.kind)
                object["metadata"] = ["name": "a", "namespace": .string("\(stage.namespace)-not")]
                _ = try await stage.client.createDynamic(kind.type, DynamicObject(object), options: .tester)
            },
            kind.elsewhere("list in a namespace that is not there") { stage throws(KubernetesError) in
                _ = try await stage.client.listDynamic(kind.type, namespace: "\(stage.namespace)-not")
            },
        ]
    }

    /// With something in it that holds it, to see what still goes meanwhile.
    static let namespaceDeletion = Scenario("namespace-deletion", with: .both) { kind in
        @Sendable func home(_ stage: Stage) -> String { "\(stage.namespace)-home" }
        @Sendable func object(_ name: String, _ stage: Stage, _ finalizers: JSONValue) -> DynamicObject {
            var value: JSONValue = .object(kind.sample)
            value["apiVersion"] = .string(kind.type.apiVersion)
            value["kind"] = .string(kind.type.kind)
            value["metadata"] = [
                "name": .string(name), "namespace": .string(home(stage)), "finalizers": finalizers,
            ]
            return DynamicObject(value)
        }
        return [
            Subject.namespace.create("home"),
            kind.elsewhere("create something that holds it") { stage throws(KubernetesError) in
                _ = try await stage.client.createDynamic(
                    kind.type, object("held", stage, ["aiops.dev/test"]), options: .tester)
            },
            kind.elsewhere("create something that does not") { stage throws(KubernetesError) in
                _ = try await stage.client.createDynamic(kind.type, object("free", stage, []), options: .tester)
            },
            Subject.namespace.delete("home", DeleteOptions(uid: "$uid($ns-home)")),
            kind.elsewhere("create something too late") { stage throws(KubernetesError) in
                _ = try await stage.client.createDynamic(kind.type, object("late", stage, []), options: .tester)
            },
            kind.until("its content is being deleted") { stage throws(KubernetesError) in
                let key = ObjectKey(namespace: home(stage), name: "held")
                return try await stage.client.getDynamic(kind.type, key).metadata.isBeingDeleted
            },
            kind.elsewhere("let it go") { stage throws(KubernetesError) in
                let key = ObjectKey(namespace: home(stage), name: "held")
                _ = try await stage.client.patchDynamic(
                    kind.type, key, .json([.remove(path: "/metadata/finalizers")]), options: .tester)
            },
            Subject.namespace.awaitGone("home"),
            Subject.namespace.get("home"),
        ]
    }
}
